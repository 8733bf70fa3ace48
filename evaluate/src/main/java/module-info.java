/// Evaluators that need no other program: perplexity of causal language models, classification by
/// encoders.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // DJL has no module descriptors
module org.lines4j.evaluate {
  requires ai.djl.api;
  requires ai.djl.tokenizers;
  requires org.slf4j;
  requires static org.jspecify;
  requires org.lines4j.core;
  requires org.lines4j.subspace;
  requires transitive org.lines4j.tune;
  requires tools.jackson.databind;

  provides org.lines4j.tune.EvaluatorType with
      org.lines4j.evaluate.ClassificationType,
      org.lines4j.evaluate.PerplexityType;
}
