import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { invalidInput, parseInput } from './parse-input.ts';

/** Compiles a route's schema to a validator whose complaints are in words of our own. */
export const compileValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (input: unknown) => {
    const { errors, value } = parseInput(schema, input);
    return errors === undefined ? { value } : { error: invalidInput(errors) };
  };
