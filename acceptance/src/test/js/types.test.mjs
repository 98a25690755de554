// walcast.d.ts is what TypeScript writes from walcast.js, and users' code of this and of earlier releases compiles with it.
// After a change of walcast.js: WRITE=1 node --test acceptance/src/test/js/types.test.mjs

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const DECLARATIONS = here('../../../../app/src/main/resources/static/walcast.d.ts');
const STRICT = [
  '--strict', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom,dom.iterable',
];
let directory;
let missing;

function tsc(...options) {
  try {
    return execFileSync('npm', ['exec', '--yes', '--package=typescript@5.9.3', '--', 'tsc', ...options], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
  } catch (error) {
    throw new Error(`${error.stdout}${error.stderr}`, { cause: error });
  }
}

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'walcast-types-'));
  try {
    tsc('--version');
  } catch {
    missing = 'TypeScript cannot be had from npm here';
  }
});

after(() => rmSync(directory, { recursive: true, force: true }));

test('the module is free of type errors, and the declarations are those that follow from it', context => {
  if (missing) return context.skip(missing);
  tsc(
    '--allowJs', '--checkJs', ...STRICT, '--declaration', '--emitDeclarationOnly',
    '--outDir', directory, here('../../../../app/src/main/resources/static/walcast.js'),
  );
  const written = `// Copyright The Walcast authors. Licensed under Apache-2.0.\n\n${readFileSync(join(directory, 'walcast.d.ts'))}`;
  if (process.env.WRITE) writeFileSync(DECLARATIONS, written);
  assert.equal(readFileSync(DECLARATIONS, 'utf8'), written);
});

test("users' code compiles", context => {
  if (missing) return context.skip(missing);
  tsc(...STRICT, '--noEmit', here('./users.ts'));
});
