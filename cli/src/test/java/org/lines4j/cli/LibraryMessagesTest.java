package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lines4j.Edit;
import org.lines4j.error.Option;
import org.lines4j.recipe.RecipeFile;
import org.lines4j.report.DiffPage;
import org.lines4j.tune.Tuning;
import picocli.CommandLine;

/// The library is called from Java, servers and clusters, too: what it says names no flags, which
/// the command line puts in.
class LibraryMessagesTest {
  private static final List<Class<?>> COMMANDS =
      List.of(
          EditCommand.class,
          MergeCommand.class,
          MethodsCommand.class,
          InspectCommand.class,
          DiffCommand.class,
          ConvertCommand.class,
          ExtractCommand.class,
          CheckCommand.class,
          TuneCommand.class,
          ReportCommand.class);

  private static Set<String> flags() {
    return COMMANDS.stream()
        .flatMap(command -> new CommandLine(command).getCommandSpec().options().stream())
        .flatMap(option -> Arrays.stream(option.names()))
        .filter(name -> name.startsWith("--"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void noTextOfTheLibraryNamesAFlag() throws Exception {
    Pattern flag = Pattern.compile("(?<![\\w-])(" + String.join("|", flags()) + ")(?![\\w-])");
    List<String> found = new ArrayList<>();
    for (Class<?> module : modules()) {
      int classes = 0;
      for (byte[] bytes : classes(module)) {
        classes++;
        for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
          if (entry instanceof Utf8Entry text && flag.matcher(text.stringValue()).find()) {
            found.add(text.stringValue());
          }
        }
      }
      assertTrue(classes > 3, module + " was not looked at");
    }
    assertEquals(List.of(), found);
  }

  /// A class of each: those that are called by name, and those that are found as services.
  private static List<Class<?>> modules() throws ClassNotFoundException {
    return List.of(
        Edit.class,
        RecipeFile.class,
        DiffPage.class,
        Tuning.class,
        Class.forName("org.lines4j.hub.HubStorage"),
        Class.forName("org.lines4j.s3.S3Storage"),
        Class.forName("org.lines4j.subspace.method.TsvM"),
        Class.forName("org.lines4j.evaluate.PerplexityType"));
  }

  @Test
  void everyOptionOfTheLibraryIsAFlag() {
    for (Option option : Option.values()) {
      assertTrue(flags().contains(OptionNames.of(option)), option.word());
    }
  }

  /// All classes of a module, in a folder or a jar.
  private static List<byte[]> classes(Class<?> module) throws IOException, URISyntaxException {
    Path place = Path.of(module.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return read(place);
    }
    try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
      return read(jar.getPath("/"));
    }
  }

  private static List<byte[]> read(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      List<byte[]> classes = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        classes.add(Files.readAllBytes(file));
      }
      return classes;
    }
  }
}
