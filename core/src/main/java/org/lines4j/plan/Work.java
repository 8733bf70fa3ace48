package org.lines4j.plan;

import java.util.List;

/// How one output tensor comes about from its inputs.
public sealed interface Work {
  /// The tensors that are read, each once.
  List<Source> sources();

  /// The source's elements; its very bytes where the type stays the same.
  record Copy(Source source) implements Work {
    @Override
    public List<Source> sources() {
      return List.of(source);
    }
  }

  /// base + (tuned − base) · λ in float32, three roundings.
  record Scale(Source base, Source tuned, float lambda) implements Work {
    @Override
    public List<Source> sources() {
      return List.of(base, tuned);
    }
  }
}
