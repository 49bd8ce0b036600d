import process from 'node:process';
import { defineConfig } from 'prisma/config';

// `prisma generate | format | validate` insist on a schema engine binary that is downloaded from elsewhere,
// though they never run it. Any existing executable satisfies them; migrations run by WASM (src/db/migrate.ts).
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma' });
