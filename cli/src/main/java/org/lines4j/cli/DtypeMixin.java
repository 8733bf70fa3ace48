package org.lines4j.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lines4j.Convert;
import org.lines4j.Edit;
import org.lines4j.tensor.DType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/// The type of an output's numbers.
final class DtypeMixin {
  static final List<String> DTYPES = List.of("base", "float32", "float16", "bfloat16", "float64");

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      converter = DtypeConverter.class,
      completionCandidates = Choice.Dtypes.class,
      description = "Type of the output: ${COMPLETION-CANDIDATES} (default base, per tensor).")
  private @Nullable OutputType dtype;

  /// `edit` with this option.
  Edit applyTo(Edit edit) {
    return dtype == null ? edit : dtype.floating().map(edit::withDtype).orElse(edit);
  }

  /// `convert` with this option.
  Convert applyTo(Convert convert) {
    return floating().map(convert::withDtype).orElse(convert);
  }

  /// The floating type that was asked for; empty for the base's.
  Optional<DType> floating() {
    return dtype == null ? Optional.empty() : dtype.floating();
  }

  /// Whether the option was given at all.
  boolean isGiven() {
    return dtype != null;
  }

  /// The floating type of an output; empty for the base's.
  record OutputType(Optional<DType> floating) {}

  static final class DtypeConverter implements ITypeConverter<OutputType> {
    /// What other programs call them.
    private static final Map<String, String> SHORT =
        Map.of(
            "fp16",
            "float16",
            "f16",
            "float16",
            "half",
            "float16",
            "bf16",
            "bfloat16",
            "fp32",
            "float32",
            "f32",
            "float32",
            "float",
            "float32",
            "fp64",
            "float64",
            "double",
            "float64");

    DtypeConverter() {}

    @Override
    public OutputType convert(String value) {
      if (value.equalsIgnoreCase("base")) {
        return new OutputType(Optional.empty());
      }
      Optional<DType> type = DType.ofTorchName(value);
      if (type.isEmpty()) {
        String meant = SHORT.get(value.toLowerCase(Locale.ROOT));
        throw WrongValue.of(
            Choice.listed(DTYPES, Function.identity()),
            value,
            meant == null ? "" : "did you mean '" + meant + "'?");
      }
      return new OutputType(type);
    }
  }
}
