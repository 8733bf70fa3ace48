/// Models in S3, and in stores that answer as it does: [org.lines4j.s3.S3Storage].
@org.jspecify.annotations.NullMarked
package org.lines4j.s3;
