package org.lines4j.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.lines4j.cli.LaunchFolder;
import org.lines4j.files.FolderTree;

/// The folder that people unpack: the command line, its libraries, a Java runtime of only the
/// modules that they need, a start-up cache, manual pages and completions.
final class Image {
  /// What no class names, and is wanted: the SIMD module (read where it is there), zip files as
  /// file systems.
  private static final List<String> MORE_MODULES = List.of("jdk.incubator.vector", "jdk.zipfs");

  /// What libraries name for the case that it is there: beans and data bases. None of it is used
  /// here.
  private static final List<String> FEWER_MODULES = List.of("java.desktop", "java.sql");

  private static final List<String> PAPERS =
      List.of("LICENSE", "NOTICE", "README.md", "CHANGELOG.md");

  private final Release release;
  private final Path folder;

  private Image(Release release) {
    this.release = release;
    this.folder = release.target().resolve(release.name());
  }

  static Path make(Release release) throws IOException, InterruptedException {
    Image image = new Image(release);
    FolderTree.delete(image.folder);
    image.copyProgram();
    image.linkRuntime();
    image.copyPapers();
    Manuals.write(release, image.folder);
    Completions.write(image.folder);
    image.setTimes(); // before the cache is made: it holds only for jars with the times that it saw
    image.train();
    image.setTimes();
    return image.folder;
  }

  private void copyProgram() throws IOException {
    Path built = release.target().resolve("program");
    FolderTree.delete(built);
    copyAll(release.cli().resolve("lib"), built.resolve("lib"));
    Files.copy(release.cli().resolve("lines.jar"), built.resolve("lines.jar"));
    Parts.take(release, built.resolve("lib"), folder.resolve("parts"));
    Natives.trim(built.resolve("lib"));
    LaunchFolder.make(built, folder.resolve("app"));
    copyAll(release.root().resolve("cli/src/main/launcher"), folder.resolve("launcher"));
    Path bin = Files.createDirectories(folder.resolve("bin"));
    String launcher = release.isForWindows() ? "lines.bat" : "lines";
    Path copy = bin.resolve(launcher);
    Files.copy(release.root().resolve("dist/src/main/files").resolve(launcher), copy);
    Modes.makeExecutable(copy);
  }

  private static void copyAll(Path from, Path to) throws IOException {
    for (Path file : Tree.of(from)) {
      Path copy = to.resolve(Tree.name(from, file));
      if (Files.isDirectory(file)) {
        Files.createDirectories(copy);
      } else {
        Files.copy(file, copy);
      }
    }
  }

  private void linkRuntime() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--add-modules",
                String.join(",", modules()),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--output",
                folder.resolve("runtime").toString()));
    if (!release.isForWindows()) {
      arguments.add("--dedup-legal-notices=error-if-not-same-content");
    }
    tool("jlink", arguments);
  }

  /// What jdeps finds that all classes need together, those of the parts among them: it would else
  /// take jars for modules, and miss what those name that are not there on purpose.
  private Set<String> modules() throws IOException {
    Path classes = release.target().resolve("classes-of-all");
    FolderTree.delete(classes);
    for (Path program : List.of(release.cli(), release.lab())) {
      for (Path library : Tree.of(program.resolve("lib"))) {
        unpack(library, classes);
      }
      unpack(program.resolve("lines.jar"), classes);
    }
    Set<String> modules = new TreeSet<>(MORE_MODULES);
    // all of them: a shorter list would leave out java.xml, which java.sql brings along
    String found =
        tool("jdeps", List.of("--ignore-missing-deps", "--list-deps", classes.toString()));
    found
        .lines()
        .map(line -> line.strip().replaceFirst("/.*", ""))
        .filter(name -> !name.contains(" ")) // a note, not a module
        .forEach(modules::add);
    FEWER_MODULES.forEach(modules::remove);
    FolderTree.delete(classes);
    return modules;
  }

  private static void unpack(Path jar, Path classes) throws IOException {
    if (!jar.toString().endsWith(".jar")) {
      return;
    }
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        Path file = classes.resolve(entry.getName()).normalize();
        boolean isClass =
            entry.getName().endsWith(".class")
                && !entry.getName().endsWith("module-info.class")
                && !entry.getName().startsWith("META-INF");
        if (isClass && file.startsWith(classes)) {
          Files.createDirectories(file.resolveSibling(""));
          try (InputStream content = zip.getInputStream(entry)) {
            Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
          }
        }
      }
    }
  }

  private static String tool(String name, List<String> arguments) throws IOException {
    StringWriter out = new StringWriter();
    ToolProvider tool =
        ToolProvider.findFirst(name)
            .orElseThrow(() -> new IOException(name + " is not part of this JDK"));
    int code =
        tool.run(new PrintWriter(out), new PrintWriter(out), arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IOException(name + " failed: " + out);
    }
    return out.toString();
  }

  private void copyPapers() throws IOException {
    for (String paper : PAPERS) {
      Files.copy(release.root().resolve(paper), folder.resolve(paper));
    }
    copyAll(release.root().resolve("docs"), folder.resolve("docs"));
  }

  /// One cache for commands, and a small one for what says the version and loads next to nothing.
  private void train() throws IOException, InterruptedException {
    train("lines.aot", "-cp", jar(), "org.lines4j.cli.AotTraining");
    train("version.aot", "-jar", jar(), "--version");
  }

  private void train(String name, String... program) throws IOException, InterruptedException {
    Path cache = folder.resolve("app").resolve(name);
    List<String> arguments =
        new ArrayList<>(
            List.of("@" + folder.resolve("launcher/cache.options"), "-XX:AOTCacheOutput=" + cache));
    arguments.addAll(List.of(program));
    run(arguments);
    if (!Files.isRegularFile(cache)) {
      throw new IOException("the start-up cache " + name + " was not made");
    }
  }

  private String jar() {
    return folder.resolve("app/lines.jar").toString();
  }

  private void run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(folder.resolve("runtime/bin/java").toString());
    command.add("@" + folder.resolve("launcher/light.options"));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(release.target().resolve("image.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(
          String.join(" ", command)
              + " failed: "
              + Files.readString(release.target().resolve("image.log")));
    }
  }

  private void setTimes() throws IOException {
    FileTime time = FileTime.from(release.time());
    for (Path file : Tree.of(folder).reversed()) {
      if (!Files.isSymbolicLink(file)) {
        Files.setLastModifiedTime(file, time);
      }
    }
  }
}
