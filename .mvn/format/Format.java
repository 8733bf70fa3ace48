import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs google-java-format over every Java file of the repository: `check` fails on files that differ, `write` rewrites
/// them. It is started by the parent pom on the toolchain's JDK, because a formatter inside Maven's own JVM (17, maybe)
/// cannot parse newer syntax.
class Format {
  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(write ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    arguments.addAll(sources(Path.of("")));
    StringWriter unformatted = new StringWriter();
    int code = new Main(new PrintWriter(unformatted, true), new PrintWriter(System.err, true), System.in)
        .format(arguments.toArray(String[]::new));
    if (code != 0) {
      System.err.print(unformatted);
      System.err.println("not formatted as google-java-format does it; to format:  ./mvnw -q -N verify -Dformat=write");
    }
    System.exit(code);
  }

  private static List<String> sources(Path root) throws IOException {
    List<String> sources = new ArrayList<>();
    try (var modules = Files.newDirectoryStream(root.toAbsolutePath(), m -> Files.isDirectory(m.resolve("src")))) {
      for (Path module : modules) {
        try (var files = Files.walk(module.resolve("src"))) {
          files.map(Path::toString).filter(f -> f.endsWith(".java")).sorted().forEach(sources::add);
        }
      }
    }
    return sources;
  }
}
