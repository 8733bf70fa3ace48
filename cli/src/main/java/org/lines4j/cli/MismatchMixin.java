package org.lines4j.cli;

import org.jspecify.annotations.Nullable;
import org.lines4j.error.OnMismatch;
import picocli.CommandLine.Option;

/// What becomes of tensors that do not fit together.
final class MismatchMixin {
  @Option(
      names = "--on-mismatch",
      paramLabel = "MODEL",
      converter = Choice.Mismatches.class,
      completionCandidates = Choice.Mismatches.class,
      description =
          "Whose tensors to keep where the models do not fit together, base or tuned, of several"
              + " the first (default: refuse, and list them).")
  private @Nullable OnMismatch mismatch;

  OnMismatch answer() {
    return mismatch == null ? OnMismatch.REFUSE : mismatch;
  }
}
