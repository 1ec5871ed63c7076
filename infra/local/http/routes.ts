/** Finds the route of a request the way an HTTP API does: the most specific one wins, whatever their order. */
export interface MatchedRoute {
  readonly routeKey: string;
  readonly functionName: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Route {
  readonly routeKey: string;
  readonly functionName: string;
}

interface CompiledRoute extends Route {
  readonly method: string;
  readonly segments: readonly string[];
}

const DEFAULT_ROUTE = '$default';
const GREEDY = /^\{(.+)\+\}$/;
const VARIABLE = /^\{(.+)\}$/;

export function routeFinder(routes: readonly Route[]): (method: string, path: string) => MatchedRoute | undefined {
  const compiled = routes
    .filter(({ routeKey }) => routeKey !== DEFAULT_ROUTE)
    .map(compile)
    .sort(moreSpecificFirst);
  const fallback = routes.find(({ routeKey }) => routeKey === DEFAULT_ROUTE);
  return (method, path) => {
    for (const route of compiled) {
      const pathParameters = parametersOf(route, method, path);
      if (pathParameters) return { routeKey: route.routeKey, functionName: route.functionName, pathParameters };
    }
    return fallback && { ...fallback, pathParameters: {} };
  };
}

function compile(route: Route): CompiledRoute {
  const [method = '', path = ''] = route.routeKey.split(' ');
  return { ...route, method, segments: segmentsOf(path) };
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1);
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 3;
  return GREEDY.test(segment) ? 2 : VARIABLE.test(segment) ? 1 : 0;
}

function moreSpecificFirst(a: CompiledRoute, b: CompiledRoute): number {
  for (let index = 0; index < Math.max(a.segments.length, b.segments.length); index += 1) {
    const difference = rank(a.segments[index]) - rank(b.segments[index]);
    if (difference !== 0) return difference;
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function parametersOf(
  { method, segments }: CompiledRoute,
  asked: string,
  path: string,
): Record<string, string> | undefined {
  if (method !== 'ANY' && method !== asked) return undefined;
  const given = segmentsOf(path);
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const greedy = GREEDY.exec(segment)?.[1];
    const rest = given.slice(index).join('/');
    if (greedy !== undefined) return rest === '' ? undefined : { ...parameters, [greedy]: decoded(rest) };
    const value = given[index];
    const variable = VARIABLE.exec(segment)?.[1];
    if (value === undefined || (variable === undefined ? value !== segment : value === '')) return undefined;
    if (variable !== undefined) parameters[variable] = decoded(value);
  }
  return given.length === segments.length ? parameters : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
