import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import { parseConfig } from '../lib/config/config.ts';
import { templatesOf } from './support/templates.ts';

const large = templatesOf(production).data!;
const small = templatesOf(minimal).data!;

describe('the database', () => {
  it('is MySQL 8.4, private, encrypted, with the name and user of the course', () => {
    large.hasResourceProperties('AWS::RDS::DBInstance', {
      Engine: 'mysql',
      EngineVersion: Match.stringLikeRegexp('^8\\.4\\.'),
      DBName: 'usermgmt',
      MasterUsername: 'dbadmin',
      PubliclyAccessible: false,
      StorageEncrypted: true,
    });
  });

  it('has its password made and rotated by RDS, and in no template', () => {
    large.hasResourceProperties('AWS::RDS::DBInstance', {
      ManageMasterUserPassword: true,
      MasterUserPassword: Match.absent(),
    });
  });

  it('takes no connection without TLS', () => {
    large.hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Family: 'mysql8.4',
      Parameters: { require_secure_transport: '1' },
    });
    large.allResourcesProperties('AWS::RDS::DBInstance', { DBParameterGroupName: Match.anyValue() });
  });

  it('is reached from the security group of the cluster, on its port, and from nowhere else', () => {
    const rules = Object.values(large.findResources('AWS::EC2::SecurityGroupIngress'));
    expect(rules).toHaveLength(1);
    for (const { Properties } of rules) {
      expect(Properties).toMatchObject({ IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306 });
      expect(Properties.SourceSecurityGroupId).toEqual({
        'Fn::ImportValue': expect.stringContaining('ClusterSecurityGroupId'),
      });
    }
    large.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  it('survives a zone, and a mistake, in production', () => {
    large.hasResource('AWS::RDS::DBInstance', {
      Properties: { MultiAZ: true, BackupRetentionPeriod: 35, DeletionProtection: true },
      DeletionPolicy: 'Snapshot',
    });
    small.resourceCountIs('AWS::RDS::DBInstance', 1);
    small.hasResource('AWS::RDS::DBInstance', {
      Properties: { MultiAZ: false, DeletionProtection: false, DeleteAutomatedBackups: Match.absent() },
      DeletionPolicy: 'Delete',
    });
  });

  it('shows what it does, and its logs are not kept for ever', () => {
    large.hasResourceProperties('AWS::RDS::DBInstance', {
      EnablePerformanceInsights: true,
      EnableCloudwatchLogsExports: ['error', 'slowquery'],
    });
    large.hasResourceProperties('AWS::RDS::DBParameterGroup', { Parameters: { log_output: 'FILE' } });
    large.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/rds/instance/production-usermgmtdb/slowquery',
      RetentionInDays: 90,
    });
  });
});

describe('the configuration of the database', () => {
  const withDatabase = (changes: object) => () =>
    parseConfig({ ...minimal, database: { ...minimal.database, ...changes } });

  it('cannot ask for Performance Insights where MySQL has none', () => {
    expect(withDatabase({ performanceInsights: true })).toThrow(
      'database.performanceInsights: MySQL on t4g.micro has none',
    );
  });

  it('cannot ask for a replica, which RDS creates of no instance whose password it manages', () => {
    expect(withDatabase({ readReplica: true })).toThrow(
      'database.readReplica: RDS creates no replica of a MySQL instance whose master password it manages',
    );
    expect(withDatabase({ readReplica: false })).not.toThrow();
  });

  it('must let storage grow, and keep backups', () => {
    for (const [storageGib, maxStorageGib, least] of [
      [20, 20, 22],
      [20, 21, 22],
      [101, 111, 112],
    ]) {
      expect(withDatabase({ storageGib, maxStorageGib })).toThrow(
        `database.maxStorageGib: must be at least ${least}, 10 % more than storageGib; RDS refuses less`,
      );
    }
    expect(withDatabase({ storageGib: 20, maxStorageGib: 22 })).not.toThrow();
    expect(withDatabase({ backupDays: 0 })).toThrow('database.backupDays');
  });
});
