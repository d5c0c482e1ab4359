/**
 * Stands in for the SDK's credential chain in bundles: Lambda gives a function its credentials in the environment, and
 * the chain's other ways (files, SSO, instance metadata) would be 136 kB of every cold start.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
