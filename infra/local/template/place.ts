/** Where the template is deployed to when that is this machine: the same account and region for everybody. */
export interface Place {
  readonly region: string;
  readonly account: string;
  /** Every AWS client of the functions talks to this address. */
  readonly endpoint: string;
}

export const LOCAL_REGION = 'ap-southeast-3';
/** The account `fauxqs` answers with. */
export const LOCAL_ACCOUNT = '000000000000';

export function localPlace(endpoint: string): Place {
  return { region: LOCAL_REGION, account: LOCAL_ACCOUNT, endpoint };
}

export function arnOf({ region, account }: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}
