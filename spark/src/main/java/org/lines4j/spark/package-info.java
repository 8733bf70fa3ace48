/// Edits and merges on clusters of Apache Spark: [org.lines4j.spark.SparkRunner] is the runner of
/// passes there.
@org.jspecify.annotations.NullMarked
package org.lines4j.spark;
