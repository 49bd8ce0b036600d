import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import type * as Engine from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

// Part of Node, but the types are only in TypeScript's DOM library.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

const PRISMA_FOLDER = path.resolve(import.meta.dirname, '../../../prisma');

/** Advisory lock: servers that start together migrate one after the other. */
const MIGRATION_LOCK = 7_241_987;

/**
 * Applies all pending migrations and answers their names.
 *
 * Uses Prisma's schema engine compiled to WASM: `_prisma_migrations` equals the table that Prisma's CLI writes, and
 * nothing is downloaded. Without pending migrations, as on most starts, the engine is not loaded.
 */
export async function migrate(url: string): Promise<string[]> {
  const migrations = await readMigrations();
  const lock = new pg.Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await findAppliedMigrations(lock);
    if (migrations.every((migration) => applied.has(migration.path))) return [];
    return await withEngine(url, async (engine) => {
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList: {
          baseDir: path.join(PRISMA_FOLDER, 'migrations'),
          lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
          shadowDbInitScript: '',
          migrationDirectories: migrations,
        },
        filters: { externalTables: [], externalEnums: [] },
      });
      return appliedMigrationNames;
    });
  } finally {
    await lock.end();
  }
}

/** Drafts a migration: the SQL from one Prisma schema to another. */
export async function draftMigration(url: string, fromSchema: string | null, toSchema: string): Promise<string> {
  const target = (content: string) => ({
    tag: 'schemaDatamodel' as const,
    files: [{ path: 'schema.prisma', content }],
  });
  return withEngine(url, async (engine) => {
    const { stdout } = await engine.diff({
      from: fromSchema === null ? { tag: 'empty' } : target(fromSchema),
      to: target(toSchema),
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? '';
  });
}

/** Runs work with the engine, then closes the connections, which the engine leaves open. */
async function withEngine<T>(url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const factory = new WholeScriptAdapter({ connectionString: url });
  try {
    return await work(await loadEngine(factory));
  } finally {
    await factory.close();
  }
}

/**
 * Sends a migration as one message, so that Postgres parses the script and applies all or nothing.
 *
 * Prisma's adapter splits scripts at each semicolon, also inside functions and comments.
 */
class WholeScriptAdapter extends PrismaPg {
  readonly #open: { dispose(): Promise<void> }[] = [];

  override async connect() {
    const adapter = await super.connect();
    this.#open.push(adapter);
    adapter.executeScript = async (script) => {
      await adapter.underlyingDriver().query(script);
    };
    return adapter;
  }

  async close(): Promise<void> {
    for (const adapter of this.#open) await adapter.dispose();
  }
}

async function readMigrations() {
  const folder = path.join(PRISMA_FOLDER, 'migrations');
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: await readFile(path.join(folder, name, 'migration.sql'), 'utf8') },
      },
    })),
  );
}

async function findAppliedMigrations(client: pg.Client): Promise<Set<string>> {
  const { rows: tables } = await client.query<{ present: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`,
  );
  if (tables[0]?.present !== true) return new Set();
  const { rows } = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return new Set(rows.map((row) => row.migration_name));
}

async function loadEngine(factory: PrismaPg): Promise<SchemaEngine> {
  const { SchemaEngine } = await (bindings ??= instantiate());
  const schema = await readFile(path.join(PRISMA_FOLDER, 'schema.prisma'), 'utf8');
  const adapter = bindMigrationAwareSqlAdapterFactory(factory);
  return SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, adapter);
}

/** Instantiated once per process: the bindings always read the memory of the first instance. */
let bindings: Promise<Bindings> | undefined;
type Bindings = typeof Engine;

async function instantiate(): Promise<Bindings> {
  // The entry of the package imports the .wasm file as a module, which Node supports only behind a flag.
  const loaded = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasmFile = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    .replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(wasmFile), { './schema_engine_bg.js': loaded });
  loaded.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return loaded;
}
