import { describe, expect, it } from '@jest/globals';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import { templatesOf } from './support/templates.ts';

describe('the registry', () => {
  const kept = templatesOf(production).registry!;

  it('has one repository a service, whose tags never move and whose images are scanned', () => {
    kept.resourceCountIs('AWS::ECR::Repository', 2);
    for (const service of ['user-management', 'notification']) {
      kept.hasResourceProperties('AWS::ECR::Repository', {
        RepositoryName: `usermgmt/${service}`,
        ImageTagMutability: 'IMMUTABLE',
        ImageScanningConfiguration: { ScanOnPush: true },
      });
    }
  });

  it('forgets untagged images after a week and all but the last hundred', () => {
    for (const { Properties } of Object.values(kept.findResources('AWS::ECR::Repository'))) {
      const { rules } = JSON.parse(Properties.LifecyclePolicy.LifecyclePolicyText);
      expect(rules).toMatchObject([
        { selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 7 } },
        { selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 100 } },
      ]);
    }
  });

  it('outlives its stack in production, and goes with its images where nothing is kept', () => {
    kept.allResources('AWS::ECR::Repository', { DeletionPolicy: 'RetainExceptOnCreate' });
    templatesOf(minimal).registry!.allResources('AWS::ECR::Repository', {
      DeletionPolicy: 'Delete',
      Properties: { EmptyOnDelete: true },
    });
  });
});
