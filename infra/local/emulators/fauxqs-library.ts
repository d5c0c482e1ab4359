import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildApp } from 'fauxqs';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;
export type SqsStore = Stores['sqsStore'];
export type SqsQueue = ReturnType<SqsStore['createQueue']>;
export type SqsMessage = Parameters<SqsQueue['enqueue']>[0];

export type S3Store = Stores['s3Store'];

type ObjectFiles = NonNullable<S3Store['persistence']> & { loadS3(store: S3Store): void };

interface Persistence {
  loadSqsAndSns(sqsStore: SqsStore, snsStore: Stores['snsStore']): void;
  close(): void;
}

/** The parts of fauxqs behind `startFauxqs`, which binds every interface; its package exports only that and `buildApp`. */
export async function loadFauxqs() {
  const folder = dirname(fileURLToPath(import.meta.resolve('fauxqs')));
  const part = (path: string) => import(pathToFileURL(join(folder, path)).href);
  const [sqs, sns, s3, persistence, files] = await Promise.all([
    part('sqs/sqsStore.js'),
    part('sns/snsStore.js'),
    part('s3/s3Store.js'),
    part('persistence.js'),
    part('s3/fileS3Persistence.js'),
  ]);
  return {
    buildApp,
    createStores: (): Stores => ({
      sqsStore: new sqs.SqsStore(),
      snsStore: new sns.SnsStore(),
      s3Store: new s3.S3Store(),
    }),
    openPersistence(dataDir: string): { persistence: Persistence; objects: ObjectFiles } {
      const manager = new persistence.PersistenceManager(dataDir);
      // Half the cost of a write; with its write-ahead log nothing is lost by `kill -9`, only by a power cut.
      manager.db.exec('PRAGMA synchronous = NORMAL');
      return { persistence: manager, objects: new files.FileS3Persistence(join(dataDir, 'objects')) };
    },
  };
}
