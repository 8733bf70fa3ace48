package org.lines4j;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Data flows one way: places → headers → plan → units → kernels → writer. The rules say which
/// rooms of the house each room may see.
@AnalyzeClasses(packages = "org.lines4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String HOUSE = "org.lines4j";

  private static final String[] OUTSIDE = {
    "java..", "javax..", "jdk..", "tools.jackson.core..", "org.jspecify.annotations.."
  };

  @ArchTest
  static final ArchRule coreNeedsOnlyJavaAndAJsonParser =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(OUTSIDE).or(resideInAnyPackage("org.lines4j..")));

  /// Every room of the house, and the rooms that it may see, from the ground up. The roof, which is
  /// what [Edit] and [Merge] are in, has the empty name.
  private static final Map<String, Set<String>> ROOMS =
      Map.ofEntries(
          room("error"),
          room("tensor"),
          room("files", "error", "internal.posix"),
          room("run"),
          room("storage", "error"),
          room("storage.far"),
          room("format", "error", "files", "tensor", "storage", "internal.foreign"),
          room("internal.foreign", "error", "storage"),
          room("layers", "error", "tensor"),
          room("lowrank", "error"),
          room("method", "tensor", "run", "layers", "lowrank"),
          room("quantised", "error", "tensor", "storage", "format", "internal.codes"),
          room("plan", "error", "tensor", "storage", "run", "format", "layers"),
          room(
              "internal.work",
              "error",
              "tensor",
              "storage",
              "format",
              "layers",
              "method",
              "plan",
              "merge"),
          room(
              "merge",
              "error",
              "tensor",
              "storage",
              "format",
              "layers",
              "method",
              "plan",
              "internal.foreign"),
          room("internal.posix"),
          room("internal.kernel", "tensor", "run"),
          room("internal.rank", "internal.kernel"),
          room("internal.local", "error", "files", "storage", "internal.posix"),
          room("internal.memory", "error", "storage", "internal.posix"),
          room("internal.stage", "error", "files", "storage", "internal.memory"),
          room("internal.index", "error", "storage", "format", "internal.foreign"),
          room("internal.pickle", "error", "storage"),
          room(
              "internal.torch",
              "error",
              "tensor",
              "storage",
              "format",
              "internal.foreign",
              "internal.index",
              "internal.pickle"),
          room(
              "internal.safetensors",
              "error",
              "tensor",
              "storage",
              "format",
              "quantised",
              "internal.foreign",
              "internal.index"),
          room("internal.codes", "tensor", "storage", "format", "internal.kernel"),
          room(
              "internal.lora",
              "error",
              "tensor",
              "storage",
              "format",
              "layers",
              "lowrank",
              "quantised",
              "internal.config",
              "internal.index",
              "internal.kernel",
              "internal.posix",
              "internal.renamed",
              "internal.source"),
          room("internal.gguf", "error", "tensor", "storage", "format"),
          room("internal.onnx", "error", "tensor", "storage", "format", "internal.index"),
          room(
              "internal.llamacpp",
              "error",
              "tensor",
              "storage",
              "format",
              "internal.config",
              "internal.gguf",
              "internal.kernel"),
          room(
              "internal.source",
              "tensor",
              "storage",
              "format",
              "lowrank",
              "internal.kernel",
              "internal.posix"),
          room("internal.method", "tensor", "run", "method", "internal.kernel", "internal.rank"),
          room("internal.config", "error", "tensor", "format", "layers", "plan", "internal.work"),
          room(
              "internal.companions",
              "error",
              "storage",
              "format",
              "plan",
              "internal.work",
              "internal.config",
              "internal.index",
              "internal.safetensors"),
          room(
              "internal.pairing",
              "error",
              "tensor",
              "format",
              "layers",
              "plan",
              "internal.work",
              "merge",
              "internal.foreign",
              "internal.posix"),
          room(
              "internal.vocabulary",
              "error",
              "tensor",
              "storage",
              "format",
              "plan",
              "internal.work",
              "merge",
              "internal.gguf",
              "internal.pairing",
              "internal.source"),
          room(
              "internal.resolve",
              "internal.renamed",
              "error",
              "tensor",
              "format",
              "layers",
              "method",
              "plan",
              "internal.work",
              "merge",
              "internal.config",
              "internal.pairing",
              "internal.vocabulary"),
          room(
              "internal.engine",
              "error",
              "files",
              "tensor",
              "storage",
              "run",
              "format",
              "lowrank",
              "method",
              "plan",
              "internal.work",
              "internal.kernel",
              "internal.posix",
              "internal.rank",
              "internal.source"),
          room(
              "internal.output",
              "error",
              "tensor",
              "storage",
              "run",
              "format",
              "layers",
              "plan",
              "internal.work",
              "internal.companions",
              "internal.config",
              "internal.engine",
              "internal.memory",
              "internal.safetensors"),
          room(
              "internal.renamed",
              "internal.llamacpp",
              "error",
              "tensor",
              "storage",
              "format",
              "layers",
              "plan",
              "internal.work",
              "internal.config",
              "internal.pairing",
              "internal.source"),
          room(
              "internal.planner",
              "internal.renamed",
              "",
              "error",
              "files",
              "tensor",
              "storage",
              "run",
              "format",
              "layers",
              "lowrank",
              "method",
              "quantised",
              "plan",
              "internal.work",
              "merge",
              "internal.companions",
              "internal.config",
              "internal.foreign",
              "internal.gguf",
              "internal.llamacpp",
              "internal.lora",
              "internal.onnx",
              "internal.output",
              "internal.pairing",
              "internal.stage",
              "internal.vocabulary"),
          room(
              "diff",
              "internal.renamed",
              "error",
              "tensor",
              "format",
              "layers",
              "quantised",
              "plan",
              "internal.work",
              "internal.pairing",
              "internal.engine",
              "internal.kernel"),
          room(
              "check",
              "error",
              "storage",
              "tensor",
              "format",
              "layers",
              "plan",
              "diff",
              "internal.config",
              "internal.engine",
              "internal.gguf",
              "internal.llamacpp",
              "internal.planner",
              "internal.renamed",
              "internal.vocabulary",
              "internal.work"));

  private static Map.Entry<String, Set<String>> room(String name, String... others) {
    return Map.entry(name, Set.of(others));
  }

  private static String nameOf(String packageName) {
    return packageName.equals(HOUSE) ? "" : packageName.substring(HOUSE.length() + 1);
  }

  @ArchTest
  static void everyRoomSeesOnlyTheRoomsThatItMay(JavaClasses classes) {
    Set<String> wrong = new TreeSet<>();
    for (JavaClass one : classes) {
      String room = nameOf(one.getPackageName());
      if (room.isEmpty()) {
        continue; // the roof sees everything
      }
      Set<String> others = ROOMS.get(room);
      if (others == null) {
        wrong.add("no rule for the package " + one.getPackageName());
        continue;
      }
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
        boolean ours = target.equals(HOUSE) || target.startsWith(HOUSE + ".");
        if (ours && !nameOf(target).equals(room) && !others.contains(nameOf(target))) {
          wrong.add(room + " may not see " + target + ": " + dependency.getDescription());
        }
      }
    }
    assertEquals(Set.of(), wrong);
  }

  /// A façade and its planner: [Edit] and [Merge] are what is asked for, and ask for their plan.
  @ArchTest
  static final ArchRule noCircles =
      slices()
          .matching("(**)")
          .namingSlices("$1")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(
              resideInAPackage("org.lines4j.internal.planner"), resideInAPackage("org.lines4j"));

  @ArchTest
  static final ArchRule storagesAloneOpenChannels =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.lines4j.internal.local..", "org.lines4j.files..")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(
              FileChannel.class,
              SeekableByteChannel.class,
              RandomAccessFile.class,
              FileInputStream.class,
              FileOutputStream.class);

  /// Of what is no model's: hashes that are remembered, and who holds an output.
  @ArchTest
  static final ArchRule storagesAloneReadFiles =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.lines4j.internal.local..", "org.lines4j.files..")
          .and()
          .haveSimpleNameNotStartingWith("HashMemory")
          .and()
          .haveSimpleNameNotStartingWith("Lease")
          .should()
          .callMethodWhere(
              targetOwner(type(Files.class))
                  .and(
                      target(
                          nameMatching(
                              "newInputStream|newByteChannel|newBufferedReader|read.*|lines"))));

  @ArchTest
  static final ArchRule jsonStaysWithTheFormats =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.lines4j",
              "org.lines4j.tensor..",
              "org.lines4j.storage..",
              "org.lines4j.layers..",
              "org.lines4j.plan..",
              "org.lines4j.diff..",
              "org.lines4j.check..",
              "org.lines4j.format..",
              "org.lines4j.internal.pairing..",
              "org.lines4j.internal.planner..",
              "org.lines4j.internal.engine..",
              "org.lines4j.internal.kernel..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("tools.jackson..");

  @ArchTest static final ArchRule aLibraryDoesNotPrint = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest
  static final ArchRule nothingIsSentAnywhere =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("java.net..", "javax.net..");

  @ArchTest
  static final ArchRule nobodyUsesUnsafe =
      noClasses().should().dependOnClassesThat().resideInAPackage("sun.misc");
}
