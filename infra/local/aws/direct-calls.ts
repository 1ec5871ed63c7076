/**
 * The AWS clients of this process ask the engine's services without a connection: only the transport below the SDK is
 * replaced. What the services keep, they keep before they answer, as they do for a caller over HTTP.
 */
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** @returns the answer to one call, by its `x-amz-target` and its JSON body */
export type Ask = (target: string, body: string) => Promise<DirectAnswer>;

export interface DirectAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const UTF8 = new TextDecoder();

type Handle = NodeHttpHandler['handle'];

const overHttp: Handle = NodeHttpHandler.prototype.handle;

/** Calls to that address are asked there until that ends; objects, which have no target, go over HTTP as all others. */
export function callDirectly(url: string, ask: Ask): () => void {
  const { hostname, port } = new URL(url);
  NodeHttpHandler.prototype.handle = async function (this: NodeHttpHandler, request, options) {
    const target = request.headers['x-amz-target'];
    const isOurs = target !== undefined && request.hostname === hostname && String(request.port) === port;
    if (!isOurs) return overHttp.call(this, request, options);
    const sent = typeof request.body === 'string' ? request.body : UTF8.decode(request.body);
    const { status, headers, body } = await ask(target, sent);
    return { response: { statusCode: status, headers: { ...headers }, body: Buffer.from(body) } };
  };
  return () => {
    NodeHttpHandler.prototype.handle = overHttp;
  };
}
