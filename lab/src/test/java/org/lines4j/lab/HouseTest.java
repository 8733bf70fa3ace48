package org.lines4j.lab;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.lines4j.tune.Contest;
import org.lines4j.tune.Tuning;
import org.lines4j.tune.search.ContestRun;
import org.lines4j.tune.search.SearchRun;

/// The rooms of all modules above core, whose own test is `ArchitectureTest`. It stands here
/// because the lab sees all others but spark and dist, which have their own.
@AnalyzeClasses(packages = "org.lines4j", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {
  private static final String HOUSE = "org.lines4j.";

  /// Every room above core, and the rooms above core that it may see.
  private static final Map<String, Set<String>> ROOMS =
      Map.ofEntries(
          room("hub", "hub.cache", "hub.http"),
          room("hub.cache", "hub.http"),
          room("hub.http"),
          room("evaluate", "evaluate.model", "evaluate.text", "subspace.matrix", "tune"),
          room("evaluate.model", "subspace.matrix"),
          room("evaluate.text"),
          room("recipe"),
          room("report"),
          room("s3"),
          room("subspace.lowrank", "subspace.matrix"),
          room("subspace.matrix"),
          room("subspace.method", "subspace.matrix"),
          room("tune", "tune.search"),
          room("tune.program", "tune"),
          room("tune.record", "recipe", "tune"),
          room("tune.measure", "recipe", "tune", "tune.record"),
          room("tune.search", "tune", "tune.measure", "tune.record"),
          room("cli", "recipe", "report", "tune", "tune.program", "tune.record"),
          room("lab"),
          room("lab.image"),
          room("lab.text", "lab.image"),
          room("lab.icon", "lab.image"),
          room("lab.encoder", "lab.image", "lab.text"),
          room(
              "lab.experiment",
              "lab.encoder",
              "lab.icon",
              "lab.image",
              "lab.text",
              "tune",
              "tune.program"),
          room("lab.result", "lab.encoder", "lab.experiment", "lab.image", "report"),
          room("lab.demo", "lab.encoder", "lab.image", "lab.result", "lab.text", "report"),
          room(
              "lab.command",
              "cli",
              "lab.demo",
              "lab.encoder",
              "lab.experiment",
              "lab.image",
              "lab.result"));

  private static final Set<String> MODULES =
      Set.of("evaluate", "hub", "recipe", "report", "s3", "subspace", "tune", "cli", "lab");

  private static Map.Entry<String, Set<String>> room(String name, String... others) {
    return Map.entry(name, Set.of(others));
  }

  /// The room that a class is in; empty for core's.
  private static String roomOf(JavaClass type) {
    String name = type.getBaseComponentType().getPackageName();
    String room = name.startsWith(HOUSE) ? name.substring(HOUSE.length()) : "";
    return MODULES.contains(room.split("\\.", 2)[0]) ? room : "";
  }

  @ArchTest
  static void everyRoomSeesOnlyTheRoomsThatItMay(JavaClasses classes) {
    Set<String> wrong = new TreeSet<>();
    Set<String> found = new TreeSet<>();
    for (JavaClass one : classes) {
      String room = roomOf(one);
      Set<String> others = ROOMS.getOrDefault(room, Set.of());
      found.add(room);
      for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
        String target = roomOf(dependency.getTargetClass());
        if (!target.isEmpty() && !target.equals(room) && !others.contains(target)) {
          wrong.add("'%s' may not see %s: %s".formatted(room, target, dependency.getDescription()));
        }
      }
    }
    assertEquals(Set.of(), wrong);
    found.remove("");
    assertEquals(new TreeSet<>(ROOMS.keySet()), found, "each room has its rule");
  }

  /// A façade may know who does its work: [Tuning] and [Contest] their searches, core's `Edit` and
  /// `Merge` their planner.
  @ArchTest
  static final ArchRule noCircles =
      slices()
          .matching("(**)")
          .namingSlices("$1")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(Tuning.class, SearchRun.class)
          .ignoreDependency(Contest.class, ContestRun.class)
          .ignoreDependency(
              resideInAPackage("org.lines4j.internal.planner"), resideInAPackage("org.lines4j"));

  @ArchTest
  static final ArchRule theHubAloneAsksServers =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.lines4j.hub..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..", "org.lines4j.hub..")
          .because("places far away are reached through core's storages");

  @ArchTest
  static final ArchRule whatKnowsS3StaysThere =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.lines4j.s3..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("software.amazon.awssdk..", "org.lines4j.s3..")
          .because("places far away are reached through core's storages");

  @ArchTest
  static final ArchRule whatIsInternalToCoreStaysThere =
      noClasses()
          .that(
              resideOutsideOfPackages(
                  "org.lines4j",
                  "org.lines4j.internal..",
                  "org.lines4j.check..",
                  "org.lines4j.diff..",
                  "org.lines4j.files..",
                  "org.lines4j.format..",
                  "org.lines4j.merge..",
                  "org.lines4j.quantised.."))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.lines4j.internal..");

  /// Classes from the JVM's AOT cache, with which the launcher starts it, know no place; tests run
  /// without that cache.
  @ArchTest
  static final ArchRule noClassAsksWhereAClassIsFrom =
      noClasses().should().callMethod(Class.class, "getProtectionDomain");
}
