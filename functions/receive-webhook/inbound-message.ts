/** API Gateway's event (payload 2.0) as the message the sender signed: exact bytes, path without the stage. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { InboundMessage } from '../../shared/gateways/gateway.ts';

export function inboundMessage(event: APIGatewayProxyEventV2): InboundMessage {
  const { http, stage } = event.requestContext ?? {};
  return {
    method: http?.method ?? 'POST',
    path: withoutStage(event.rawPath ?? '', stage),
    headers: lowerCased(event.headers),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** A named stage is part of `rawPath`; the default stage is not. */
function withoutStage(path: string, stage: string | undefined): string {
  const prefix = `/${stage}`;
  return stage && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}

/** API Gateway lowers names already; other front doors may not. */
function lowerCased(headers: APIGatewayProxyEventV2['headers']): Record<string, string> {
  const lowered: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) lowered[name.toLowerCase()] = value ?? '';
  return lowered;
}
