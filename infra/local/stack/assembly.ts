import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Condition?: string;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>;
  readonly Parameters?: Record<string, { readonly Default?: unknown }>;
}

export interface StackTemplate {
  readonly name: string;
  readonly template: Template;
  /** Folder of a file asset by the key it would have in S3. Throws when the assembly has no such asset. */
  assetFolder(s3Key: string): string;
}

interface Manifest {
  artifacts: Record<string, { type: string; properties?: { templateFile?: string; stackName?: string } }>;
}
interface AssetManifest {
  files: Record<string, { source: { path: string }; destinations: Record<string, { objectKey: string }> }>;
}

/** The stacks of a synthesized CDK app, in the manifest's order. Throws when the folder holds no assembly. */
export function readAssembly(assemblyDir: string): StackTemplate[] {
  const readJson = <T>(name: string): T => JSON.parse(readFileSync(join(assemblyDir, name), 'utf8'));
  if (!existsSync(join(assemblyDir, 'manifest.json'))) throw new Error(`${assemblyDir} holds no synthesized CDK app.`);
  const { artifacts } = readJson<Manifest>('manifest.json');
  return Object.entries(artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, { properties }]) => {
      const templateFile = properties?.templateFile ?? `${id}.template.json`;
      const assetsFile = templateFile.replace('.template.json', '.assets.json');
      const assets = existsSync(join(assemblyDir, assetsFile)) ? readJson<AssetManifest>(assetsFile).files : {};
      return {
        name: properties?.stackName ?? id,
        template: readJson<Template>(templateFile),
        assetFolder: (s3Key) => join(assemblyDir, findAsset(assets, s3Key)),
      };
    });
}

function findAsset(assets: AssetManifest['files'], s3Key: string): string {
  const asset = Object.values(assets).find(({ destinations }) =>
    Object.values(destinations).some(({ objectKey }) => objectKey === s3Key),
  );
  if (!asset) throw new Error(`The assembly has no asset ${s3Key}.`);
  return asset.source.path;
}
