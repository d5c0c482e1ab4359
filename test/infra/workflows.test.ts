import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const paths = globSync('.github/workflows/*.yml', { cwd: root });
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const uses = (path: string): string[] => [...textOf(path).matchAll(/\buses: (.+)/g)].map(([, used = '']) => used);

describe('the workflows', () => {
  it.each(paths)('%s uses actions by their commit, and says which version that is', (path) => {
    const outside = uses(path).filter((used) => !used.startsWith('./'));
    expect(outside.filter((used) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used))).toEqual([]);
  });

  it.each(paths)('%s lets a job do no more than read, unless the job says so itself', (path) => {
    expect(textOf(path)).toMatch(/^permissions:\n {2}contents: read\n$/m);
  });

  it('use one version of each action', () => {
    const outside = paths.flatMap(uses).filter((used) => !used.startsWith('./'));
    const actions = new Set(outside.map((used) => used.slice(0, used.indexOf('@'))));
    expect(new Set(outside).size).toBe(actions.size);
  });

  it('refuse destructive changes before every deployment', () => {
    const stage = textOf('.github/workflows/deploy-stage.yml');
    const [, ...steps] = stage.split(/npx cdk (?=diff|deploy)/).map((step) => step.split('\n')[0]);
    expect(steps).toEqual([
      'diff "Overture-$STAGE-Data" -c "stage=$STAGE" --method=change-set --fail-on=destructive',
      'deploy "Overture-$STAGE-Data" -c "stage=$STAGE" --require-approval=never',
      'diff --all -c "stage=$STAGE" --method=change-set --fail-on=destructive',
      'deploy --all -c "stage=$STAGE" --require-approval=never --outputs-file=outputs.json',
    ]);
  });

  it('refuse them in pull requests, of the data by what CloudFormation says', () => {
    const [, ...steps] = textOf('.github/workflows/deploy.yml')
      .split(/npx cdk (?=diff|deploy)/)
      .map((step) => step.split('\n')[0]);
    expect(steps).toEqual([
      'diff Overture-dev-Data -c stage=dev --method=change-set --fail-on=destructive',
      'diff --all -c stage=dev --method=auto --fail-on=destructive',
    ]);
  });
});
