/// Chooses α and β by measurement: see [org.lines4j.tune.Tuning].
@org.jspecify.annotations.NullMarked
@SuppressWarnings({
  "requires-automatic", // Hipparchus has no module descriptor
  "module" // cli is built after this module
})
module org.lines4j.tune {
  requires static org.jspecify;
  requires transitive org.lines4j.core;
  requires org.lines4j.recipe;
  requires hipparchus.core;
  requires hipparchus.optim;
  requires tools.jackson.databind;

  uses org.lines4j.tune.EvaluatorType;

  exports org.lines4j.tune;
  exports org.lines4j.tune.program;
  exports org.lines4j.tune.record to
      org.lines4j.cli;

  opens org.lines4j.tune.record to
      tools.jackson.databind;
}
