/** Behaviour of the CDK we chose; in code, so that the template is the same whoever asks for it. */
export const FEATURE_FLAGS = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  '@aws-cdk/core:enablePartitionLiterals': true,
  '@aws-cdk/aws-kms:aliasNameRef': true,
  '@aws-cdk/core:checkSecretUsage': true,
  'aws:cdk:enable-path-metadata': false,
} as const;
