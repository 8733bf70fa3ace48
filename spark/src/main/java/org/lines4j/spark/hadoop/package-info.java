/// Hadoop's file systems, as places that models are read from and written to.
@org.jspecify.annotations.NullMarked
package org.lines4j.spark.hadoop;
