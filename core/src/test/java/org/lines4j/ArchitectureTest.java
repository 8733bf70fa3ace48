package org.lines4j;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Data flows one way: paths → headers → plan → chunks → kernels → writer. The rules say which
/// rooms of the house each room may see.
@AnalyzeClasses(packages = "org.lines4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] OUTSIDE = {
    "java..", "javax..", "jdk..", "tools.jackson.core..", "org.jspecify.annotations.."
  };

  @ArchTest
  static final ArchRule coreNeedsOnlyJavaAndAJsonParser =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(OUTSIDE).or(resideInAnyPackage("org.lines4j..")));

  @ArchTest static final ArchRule tensorsKnowNothingElse = knows("org.lines4j.tensor..");

  @ArchTest
  static final ArchRule layersComeFromNamesAndShapesAlone =
      knows("org.lines4j.layers..", "org.lines4j.tensor..");

  @ArchTest
  static final ArchRule kernelsKnowNumbersNotFiles =
      knows("org.lines4j.internal.kernel..", "org.lines4j.tensor..");

  @ArchTest
  static final ArchRule formatsKnowFilesNotPlans =
      knows(
          "org.lines4j.format..",
          "org.lines4j",
          "org.lines4j.tensor..",
          "org.lines4j.internal.safetensors..");

  @ArchTest
  static final ArchRule safetensorsIsAFormat =
      knows(
          "org.lines4j.internal.safetensors..",
          "org.lines4j",
          "org.lines4j.tensor..",
          "org.lines4j.format..");

  @ArchTest
  static final ArchRule planningReadsHeadersAndLeavesTheWorkToTheEngine =
      forbids(
          "org.lines4j.internal.plan..",
          "org.lines4j.internal.engine..",
          "org.lines4j.internal.kernel..",
          "org.lines4j.internal.safetensors..");

  @ArchTest
  static final ArchRule theEngineCarriesOutWhatWasDecided =
      forbids(
          "org.lines4j.internal.engine..",
          "org.lines4j.internal.plan..",
          "org.lines4j.internal.output..",
          "org.lines4j.internal.safetensors..",
          "org.lines4j.layers..");

  @ArchTest
  static final ArchRule publishingDecidesNothingAboutTensors =
      forbids(
          "org.lines4j.internal.output..",
          "org.lines4j.internal.plan..",
          "org.lines4j.internal.kernel..");

  @ArchTest
  static final ArchRule onlyFormatsAndTheEngineReadModelFiles =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "org.lines4j.format..",
              "org.lines4j.internal.safetensors..",
              "org.lines4j.internal.engine..",
              "org.lines4j.internal.output..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.channels..");

  @ArchTest
  static final ArchRule jsonStaysWithTheFormats =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.lines4j",
              "org.lines4j.tensor..",
              "org.lines4j.layers..",
              "org.lines4j.plan..",
              "org.lines4j.diff..",
              "org.lines4j.format..",
              "org.lines4j.internal.plan..",
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

  /// `room` depends on itself, on `others`, and on what is outside the house.
  private static ArchRule knows(String room, String... others) {
    return classes()
        .that()
        .resideInAPackage(room)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(OUTSIDE)
                .or(resideInAnyPackage(room))
                .or(resideInAnyPackage(others)));
  }

  private static ArchRule forbids(String room, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others);
  }
}
