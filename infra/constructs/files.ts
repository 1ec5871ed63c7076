/** Files about money: where they lie, what checks them, and what holds their lines against the books. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { accept, mark, NAME_MARK } from '../marks.ts';
import type { Stage } from '../stage.ts';
import type { Capabilities } from './capabilities.ts';
import { LingkaranFunction } from './lingkaran-function.ts';
import { QUEUES, type Queues } from './queues.ts';

/** Where files come in; `<kind>/<source>/<name>` below it. */
const INBOX = 'inbox/';
/** Vouchers of bookkeeping are kept for ten years (Law 8/1997 on company documents). */
const KEPT = Duration.days(3653);

export class Files extends Construct {
  readonly bucket: Bucket;
  readonly checkFile: LingkaranFunction;
  readonly settleStatement: LingkaranFunction;
  readonly #key: Key;

  constructor(scope: Construct, id: string, { context, books, queues, secrets }: Capabilities) {
    super(scope, id);
    this.#key = this.#filesKey(context.stage);
    this.bucket = this.#filesBucket(context.stage, queues);

    this.checkFile = new LingkaranFunction(this, 'CheckFile', {
      ...context,
      folder: 'check-file',
      timeout: QUEUES.files.consumerTimeout,
      memoryMegabytes: 1024,
      isThrifty: true,
    });
    queues.deliver('files', this.checkFile);
    queues.allowSend(this.checkFile, 'statements');
    books.allowTable(this.checkFile, ['read', 'write']);
    secrets.allowRead(this.checkFile, 'intake');
    this.allowRead(this.checkFile);

    this.settleStatement = new LingkaranFunction(this, 'SettleStatement', {
      ...context,
      folder: 'settle-statement',
      timeout: QUEUES.statements.consumerTimeout,
    });
    queues.deliver('statements', this.settleStatement);
    queues.allowSend(this.settleStatement, 'payments');
    books.allowTable(this.settleStatement, ['read', 'write']);
    secrets.allowRead(this.settleStatement, 'intake');
  }

  allowRead(reader: LingkaranFunction): void {
    this.#allow(reader, 's3:GetObject', ['kms:Decrypt']);
  }

  allowPut(writer: LingkaranFunction): void {
    // A great upload is put together from parts, for which the key must be opened again.
    this.#allow(writer, 's3:PutObject', ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  #allow(user: LingkaranFunction, action: string, keyActions: string[]): void {
    user.addEnvironment('FILES_BUCKET', this.bucket.bucketName);
    user.addToRolePolicy(
      new PolicyStatement({ actions: [action], resources: [this.bucket.arnForObjects(`${INBOX}*`)] }),
    );
    user.addToRolePolicy(new PolicyStatement({ actions: keyActions, resources: [this.#key.keyArn] }));
    accept(
      user.lambda.role!,
      `AwsSolutions-IAM5[Resource::<${this.#logicalId()}.Arn>/${INBOX}*]`,
      'All files that come in, and no other object.',
    );
  }

  #logicalId(): string {
    return Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket);
  }

  #filesKey({ removalPolicy }: Stage): Key {
    const description = 'Encrypts the files of partners, marketplaces, banks and offices: they name donors';
    const key = new Key(this, 'Key', { description, enableKeyRotation: true, removalPolicy });
    mark(key, NAME_MARK, 'files-key');
    return key;
  }

  #filesBucket({ disposable = false, removalPolicy }: Stage, queues: Queues): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.#key,
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy,
      lifecycleRules: [
        {
          id: 'files-are-kept-as-vouchers',
          prefix: INBOX,
          transitions: [{ storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) }],
          ...(disposable ? {} : { expiration: KEPT }),
          noncurrentVersionExpiration: KEPT,
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
    });
    mark(bucket, NAME_MARK, 'files');
    accept(bucket, 'AwsSolutions-S1', 'Who put and read objects is in CloudTrail; every file has a row in the books.');
    this.#tellQueue(bucket, queues);
    return bucket;
  }

  /** Without the function that CDK would deploy to set this up: all it needs is a property and a permission. */
  #tellQueue(bucket: Bucket, queues: Queues): void {
    const { queue } = queues.pairs.files;
    const granted = queue.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const resource = bucket.node.defaultChild as CfnBucket;
    resource.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: INBOX }] } },
        },
      ],
    };
    if (granted.policyDependable) resource.node.addDependency(granted.policyDependable);
  }
}
