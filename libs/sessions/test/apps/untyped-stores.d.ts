declare module 'session-file-store' {
  import type session from 'express-session';

  interface FileStoreOptions {
    readonly path: string;
    readonly ttl?: number;
    readonly retries?: number;
    readonly reapInterval?: number;
    readonly logFn?: (message: string) => void;
  }
  type FileStore = new (options: FileStoreOptions) => session.Store & {
    list(answer: (error: unknown, files?: readonly string[]) => void): void;
  };

  export default function storeOf(middleware: typeof session): FileStore;
}
