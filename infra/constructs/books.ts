/**
 * The tables: the books, which hold no personal data; the reminders, eight rows a term, kept apart so that the proof
 * reads only books; and the vault, which holds personal data and nothing else (I9).
 */
import { Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { mark, NAME_MARK } from '../marks.ts';
import type { Stage } from '../stage.ts';
import type { LingkaranFunction } from './lingkaran-function.ts';

const TABLE_ACTIONS = {
  read: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
  write: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'],
  put: ['dynamodb:PutItem'],
  delete: ['dynamodb:DeleteItem'],
  scan: ['dynamodb:Scan'],
} as const;
export type TableAccess = keyof typeof TABLE_ACTIONS;

/** Rows of the vault by how their keys begin: keys over people's keys, who has which number, which contact. */
const VAULT_ROWS = { keys: 'SHARDKEY#*', numbers: 'NIK#*', contacts: 'DONORCONTACT#*' } as const;
/** Who must not be written to: by hash, so whoever reads the list learns nobody's number. */
const SUPPRESSIONS = 'SUPPRESSIONS';
export type VaultRows = keyof typeof VAULT_ROWS;

/** What DynamoDB asks of the caller on behalf of an encrypted table. */
const KEY_ACTIONS_THROUGH_TABLE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

const INDEXES = {
  cohort: ProjectionType.KEYS_ONLY,
  waiting: ProjectionType.ALL,
  due: ProjectionType.KEYS_ONLY,
} as const;
export type IndexName = keyof typeof INDEXES;

export class Books extends Construct {
  readonly table: Table;
  readonly reminders: Table;
  readonly vault: Table;
  readonly tableKey: Key;
  readonly vaultKey: Key;

  constructor(scope: Construct, id: string, { stage }: { stage: Stage }) {
    super(scope, id);
    this.tableKey = this.#key('TableKey', 'table', 'Encrypts the books of Lingkaran', stage);
    this.vaultKey = this.#key(
      'VaultKey',
      'vault',
      'Encrypts personal data and the keys over the keys of every person',
      stage,
    );
    this.table = this.#table('Table', 'table', this.tableKey, stage);
    this.reminders = this.#table('Reminders', 'reminders', this.tableKey, stage);
    this.vault = this.#table('Vault', 'vault', this.vaultKey, stage);
    for (const [name, projection] of Object.entries(INDEXES))
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: { name: `${name}Key`, type: AttributeType.STRING },
        sortKey: { name: `${name}Sort`, type: AttributeType.STRING },
        projectionType: projection,
      });
  }

  allowTable(user: LingkaranFunction, access: TableAccess[], indexes: IndexName[] = []): void {
    user.addEnvironment('TABLE_NAME', this.table.tableName);
    allow(user, this.table, this.tableKey, access);
    if (indexes.length === 0) return;
    const resources = indexes.map((name) => `${this.table.tableArn}/index/${name}`);
    user.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:Query'], resources }));
  }

  allowReminders(user: LingkaranFunction, access: TableAccess[]): void {
    user.addEnvironment('REMINDERS_TABLE_NAME', this.reminders.tableName);
    allow(user, this.reminders, this.tableKey, access);
  }

  /** To put people in, and to read the rows named, which are nobody's: the key that seals must be opened first. */
  allowSealing(user: LingkaranFunction, ...rows: VaultRows[]): void {
    this.#allowVault(user, ['put'], ['kms:GenerateDataKey', 'kms:Decrypt']);
    user.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', ...(rows.length > 1 ? ['dynamodb:BatchGetItem'] : [])],
        resources: [this.vault.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': rows.map((name) => VAULT_ROWS[name]) } },
      }),
    );
  }

  /** To read and keep the list of those who must not be written to, and nothing else of the vault. */
  allowSuppressions(user: LingkaranFunction): void {
    user.addEnvironment('VAULT_TABLE_NAME', this.vault.tableName);
    allow(user, this.vault, this.vaultKey, ['read', 'put'], [SUPPRESSIONS]);
  }

  /** To read people. */
  allowOpening(user: LingkaranFunction, access: TableAccess[]): void {
    this.#allowVault(user, ['read', ...access], ['kms:Decrypt']);
  }

  #allowVault(user: LingkaranFunction, access: TableAccess[], keyActions: string[]): void {
    user.addEnvironment('VAULT_TABLE_NAME', this.vault.tableName);
    user.addEnvironment('VAULT_KEY_ID', this.vaultKey.keyId);
    allow(user, this.vault, this.vaultKey, access);
    user.addToRolePolicy(new PolicyStatement({ actions: keyActions, resources: [this.vaultKey.keyArn] }));
  }

  #key(id: string, name: string, description: string, { removalPolicy }: Stage): Key {
    const key = new Key(this, id, { description, enableKeyRotation: true, removalPolicy });
    mark(key, NAME_MARK, `${name}-key`);
    return key;
  }

  #table(id: string, name: string, encryptionKey: Key, { disposable = false, removalPolicy }: Stage): Table {
    const table = new Table(this, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: !disposable,
      timeToLiveAttribute: 'expiresAtSeconds',
      removalPolicy,
    });
    mark(table, NAME_MARK, name);
    return table;
  }
}

/** @param partitions where the function may see some only */
function allow(user: LingkaranFunction, table: Table, key: Key, access: TableAccess[], partitions?: string[]): void {
  const actions = [...new Set(access.flatMap((name) => TABLE_ACTIONS[name]))];
  const conditions = partitions && { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } };
  user.addToRolePolicy(
    new PolicyStatement({ actions, resources: [table.tableArn], ...(conditions ? { conditions } : {}) }),
  );
  user.addToRolePolicy(
    new PolicyStatement({
      actions: KEY_ACTIONS_THROUGH_TABLE,
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(key).region}.amazonaws.com` } },
    }),
  );
}
