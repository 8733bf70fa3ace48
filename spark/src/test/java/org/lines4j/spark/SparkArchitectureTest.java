package org.lines4j.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The rooms of `spark`. The other modules' are in the lab's `HouseTest`, which does not see this
/// one.
@AnalyzeClasses(
    packages = "org.lines4j.spark",
    importOptions = ImportOption.DoNotIncludeTests.class)
class SparkArchitectureTest {
  @ArchTest
  static final ArchRule noCircles =
      slices().matching("(**)").namingSlices("$1").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule placesKnowNoCluster =
      noClasses()
          .that()
          .resideInAPackage("org.lines4j.spark.hadoop")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.lines4j.spark", "org.lines4j.cli..", "org.lines4j.internal..");

  @ArchTest
  static final ArchRule aClusterUsesWhatCoreExports =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("org.lines4j.internal..");
}
