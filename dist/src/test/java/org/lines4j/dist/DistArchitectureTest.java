package org.lines4j.dist;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The rooms of `dist`. The other modules' are in the lab's `HouseTest`, which does not see this
/// one.
@AnalyzeClasses(packages = "org.lines4j.dist", importOptions = ImportOption.DoNotIncludeTests.class)
class DistArchitectureTest {
  @ArchTest
  static final ArchRule noCircles =
      slices().matching("(**)").namingSlices("$1").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule pagesKnowNoArchives =
      noClasses()
          .that()
          .resideInAPackage("org.lines4j.dist.site")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.lines4j.dist", "org.lines4j.internal..");
}
