/**
 * Instance types that this product is made for: general purpose, compute and memory, of today's generations. Which of
 * them are offered in a zone, the doctor asks.
 */
const SIZES = '(large|xlarge|2xlarge|4xlarge|8xlarge|12xlarge|16xlarge)';
const BURSTABLE_SIZES = '(small|medium|large|xlarge|2xlarge)';

/** Nodes. A pod network needs more addresses than smaller sizes have. */
export const NODE_TYPE = new RegExp(
  `^(t3|t3a|t4g)\\.${BURSTABLE_SIZES}$|^[cmr](5|6i|6a|6g|7i|7g|8g)\\.${SIZES}$`,
);

/** RDS for MySQL 8.4, without the leading `db.`: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html */
export const DATABASE_TYPE = new RegExp(
  `^t4g\\.(micro|${BURSTABLE_SIZES.slice(1)}$|^t3\\.(micro|${BURSTABLE_SIZES.slice(1)}$|^[mr](6i|6g|7g)\\.${SIZES}$`,
);

/** Whether a type has a Graviton processor: the generation is followed by a `g`. */
export function isArm(instanceType: string): boolean {
  return /^[a-z]+\d+g/.test(instanceType);
}
