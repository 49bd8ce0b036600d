import path from 'node:path';
import process from 'node:process';

/** What every server of a test inherits: where programs are, and sources that Node has read before. */
export const NODE_ENVIRONMENT = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: path.resolve('node_modules/.cache/node'),
};
