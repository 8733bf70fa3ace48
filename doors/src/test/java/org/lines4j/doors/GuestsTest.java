package org.lines4j.doors;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// Guests stand for third parties: each is a package of its own, and what the library keeps to
/// itself is closed to them and to the kit that tries them.
@AnalyzeClasses(packages = {"org.lines4j.doors", "org.lines4j.conformance"})
class GuestsTest {
  @ArchTest
  static final ArchRule guestsAndKitSeeNothingInternal =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.lines4j.doors")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.lines4j.internal..", "org.lines4j.cli..")
          .because("third parties have the public API alone");

  @ArchTest
  static final ArchRule guestsDoNotKnowEachOther =
      slices().matching("org.lines4j.doors.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule noCircles = slices().matching("org.lines4j.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theKitKnowsNoGuest =
      noClasses()
          .that()
          .resideInAPackage("org.lines4j.conformance..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.lines4j.doors..");
}
