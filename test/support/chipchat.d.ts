/** The part of the reference SDK that the tests use; the package has no types. */
declare module 'chipchat' {
  import type { EventEmitter } from 'node:events';

  // biome-ignore lint/suspicious/noExplicitAny: answers are read as a client of the SDK would
  type Json = any;

  export interface Options {
    readonly token: string;
    readonly host: string;
    readonly email?: string;
    readonly refreshToken?: string;
    readonly secret?: string;
    readonly webhook?: string;
    readonly ignoreSelf?: boolean;
    readonly ignoreBots?: boolean;
    readonly ignoreUnjoined?: boolean;
    readonly preloadOrganizations?: boolean;
    readonly fetchExtensions?: {
      readonly beforeRequest?: readonly ((options: { url: URL; method: string }) => void)[];
    };
  }

  export interface Resource {
    list(options?: Json): Promise<Json>;
    get(id: string, options?: Json): Promise<Json>;
    create(body: Json): Promise<Json>;
    update(id: string, body: Json): Promise<Json>;
    delete(id: string): Promise<Json>;
  }

  export interface Context {
    readonly id: string;
    say(message: Json, extra?: Json): Promise<Json>;
    ask(question: Json): Promise<Json>;
    ask(question: Json, callback: string | ((message: Json, context: Context) => void)): void;
    accept(): Promise<Json>;
    join(): Promise<Json>;
    leave(): Promise<Json>;
    assign(users: string | readonly string[]): Promise<Json>;
    notify(channels?: readonly string[], organizations?: readonly string[]): Promise<Json>;
    set(key: string, value?: Json): Promise<Json>;
    get(key: string): Json;
  }

  export default class ChipChat extends EventEmitter {
    constructor(options: Options);
    readonly server: import('node:http').Server;
    readonly auth: { readonly token: string; readonly refreshToken: string; readonly user: string };
    readonly conversations: Resource;
    readonly messages: Resource & { replace(id: string, body: Json): Promise<Json> };
    readonly contacts: Resource;
    readonly users: Resource;
    readonly channels: Resource;
    readonly organizations: Resource;
    readonly services: Resource;
    readonly watemplates: Resource;
    conversation(id: string): Promise<Context>;
    send(conversation: string, message: Json, extra?: Json): Promise<Json>;
    registerCallback(name: string, callback: (message: Json, context: Context) => void): void;
    onText(trigger: string | RegExp, callback: (message: Json, context: Context) => void): this;
    start(port: number): this;
    close(): void;
  }
}
