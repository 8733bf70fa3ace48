package org.lines4j.testing;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerScaling;

/// Edits in a Java process of its own, so that a test can kill it or take its disk away.
@NullMarked
public final class EditProcess {
  private EditProcess() {}

  /// `BASE TUNED OUT RUNS`: so many edits, each replacing OUT, with α 0.1 and 0.5 in turn. Prints a
  /// line before each. Exit codes as the command line's.
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    try {
      for (int i = 0; i < Integer.parseInt(args[3]); i++) {
        System.out.println("run " + i);
        edit(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), i % 2 == 0 ? 0.1 : 0.5);
      }
      System.out.println("done");
      return 0;
    } catch (IOException e) {
      System.out.println(e);
      return 1;
    } catch (RequestException e) {
      System.out.println(e);
      return 2;
    } catch (InputException e) {
      System.out.println(e);
      return 3;
    }
  }

  /// Edits, replacing what is at `out`.
  public static void edit(Path base, Path tuned, Path out, double alpha) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      LayerScaling scaling = LayerScaling.lines(alpha, 1 - alpha, LayerScaling.Outside.ALPHA);
      Edit.of(from, to).withScaling(scaling).withForce().plan(out).run();
    }
  }

  /// The command that does it in another process, which starts as fast as Java can.
  public static List<String> command(Path base, Path tuned, Path out, int runs) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", classPath(), EditProcess.class.getName()));
    command.addAll(List.of(base.toString(), tuned.toString(), out.toString(), "" + runs));
    return command;
  }

  private static String classPath() {
    return String.join(
        File.pathSeparator,
        placeOf(EditProcess.class),
        placeOf(Edit.class),
        placeOf(tools.jackson.core.JsonParser.class));
  }

  /// Tests may be patched into the module: then a class does not tell where it came from, but a
  /// file beside it does.
  private static String placeOf(Class<?> type) {
    try {
      String file = type.getName().replace('.', '/') + ".class";
      String url = String.valueOf(type.getResource("/" + file));
      if (url.startsWith("jar:")) {
        return Path.of(new java.net.URI(url.substring(4, url.indexOf("!/")))).toString();
      }
      String path = Path.of(new java.net.URI(url)).toString();
      return path.substring(0, path.length() - file.length());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
