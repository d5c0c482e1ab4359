import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginRequestPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { acknowledge } from './constructs/acknowledge.ts';
import type { CustomDomain, Stage } from './stages.ts';

export interface EdgeStackProps extends StackProps {
  readonly stage: Stage;
  readonly edge: CustomDomain & { readonly requestsPerFiveMinutes: number };
  /** Of the API; callers use the edge's. */
  readonly origin: string;
}

/**
 * CloudFront with a firewall before the API's own domain, in us-east-1, where both must be. It caches nothing; what it
 * adds is TLS near the caller, AWS's lists of known bad addresses and inputs, and a limit for each address.
 */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, { stage, edge, origin, ...props }: EdgeStackProps) {
    super(scope, id, props);
    const firewall = this.#firewall(stage, edge.requestsPerFiveMinutes);
    const distribution = new Distribution(this, 'Distribution', {
      comment: `overture-${stage}`,
      domainNames: [edge.name],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', edge.certificateArn),
      httpVersion: HttpVersion.HTTP2_AND_3,
      webAclId: firewall.attrArn,
      defaultBehavior: {
        origin: new HttpOrigin(origin),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      },
    });
    acknowledge(distribution, 'AwsSolutions-CFR1', 'People are reached in any country: there is none to shut out.');
    acknowledge(distribution, 'AwsSolutions-CFR3', "The API's access log has each request, without addresses.");
    new CfnOutput(this, 'EdgeTarget', { value: distribution.distributionDomainName });
  }

  #firewall(stage: Stage, requestsPerFiveMinutes: number): CfnWebACL {
    const visible = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      metricName,
      sampledRequestsEnabled: false,
    });
    const managed = (name: string, priority: number) => ({
      name,
      priority,
      overrideAction: { none: {} },
      statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
      visibilityConfig: visible(name),
    });
    return new CfnWebACL(this, 'Firewall', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visible(`overture-${stage}`),
      rules: [
        {
          name: 'EachAddress',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: { rateBasedStatement: { limit: requestsPerFiveMinutes, aggregateKeyType: 'IP' } },
          visibilityConfig: visible('EachAddress'),
        },
        managed('AWSManagedRulesAmazonIpReputationList', 1),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
      ],
    });
  }
}
