package org.lines4j.tune;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.lines4j.tune.search.ContestRun;
import org.lines4j.tune.search.SearchRun;

/// The rooms of `tune`: search → measure → record → what is asked for. Programs are evaluators like
/// any other, so nobody here knows them.
@AnalyzeClasses(packages = "org.lines4j.tune", importOptions = ImportOption.DoNotIncludeTests.class)
class TuneArchitectureTest {
  private static final String API = "org.lines4j.tune";
  private static final String SEARCH = "org.lines4j.tune.search";
  private static final String MEASURE = "org.lines4j.tune.measure";
  private static final String PROGRAM = "org.lines4j.tune.program";
  private static final String RECORD = "org.lines4j.tune.record";

  /// A façade may know who does its work.
  @ArchTest
  static final ArchRule roomsAreFreeOfCycles =
      slices()
          .matching("org.lines4j.(tune..)")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(Tuning.class, SearchRun.class)
          .ignoreDependency(Contest.class, ContestRun.class);

  @ArchTest
  static final ArchRule whatIsAskedForKnowsNoRoomButTheFacadeItsSearch =
      noClasses()
          .that(resideInAPackage(API).and(isNot(Tuning.class)).and(isNot(Contest.class)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SEARCH, MEASURE, PROGRAM, RECORD);

  @ArchTest
  static final ArchRule theFacadeKnowsTheSearchAlone =
      noClasses()
          .that(equivalentTo(Tuning.class))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(MEASURE, PROGRAM, RECORD);

  @ArchTest static final ArchRule theRecordKnowsNobody = forbids(RECORD, SEARCH, MEASURE, PROGRAM);

  @ArchTest static final ArchRule programsAreEvaluatorsOnly = forbids(PROGRAM, SEARCH, MEASURE);

  @ArchTest static final ArchRule measuringDecidesNothing = forbids(MEASURE, SEARCH, PROGRAM);

  @ArchTest static final ArchRule anySearchWorksWithAnyEvaluator = forbids(SEARCH, PROGRAM);

  @ArchTest
  static final ArchRule processesAreStartedByProgramsAlone =
      noClasses()
          .that(resideOutsideOfPackage(PROGRAM))
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class);

  private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> isNot(Class<?> type) {
    return com.tngtech.archunit.base.DescribedPredicate.not(equivalentTo(type));
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
