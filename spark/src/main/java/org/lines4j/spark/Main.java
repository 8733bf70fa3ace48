package org.lines4j.spark;

import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

/// The command line for `spark-submit`, which has told where the cluster is:
///
/// ```
/// spark-submit --class org.lines4j.spark.Main lines-spark.jar merge RECIPE OUT
/// ```
public final class Main {
  private Main() {}

  /// Runs a command of `lines` and exits with its code.
  public static void main(String[] args) {
    Writer out = new OutputStreamWriter(System.out, StandardCharsets.UTF_8);
    Writer err = new OutputStreamWriter(System.err, StandardCharsets.UTF_8);
    int code = org.lines4j.cli.Main.run(shared(args), out, err);
    if (code != 0) {
      System.exit(code);
    }
  }

  /// Edits and merges are shared with the cluster; other commands have no use for it.
  private static String[] shared(String[] args) {
    return args.length > 0 && (args[0].equals("merge") || args[0].equals("edit"))
        ? Stream.concat(Arrays.stream(args), Stream.of("--cluster=" + SparkClusters.SUBMITTED))
            .toArray(String[]::new)
        : args;
  }
}
