package org.lines4j.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.Convert;
import org.lines4j.Edit;
import org.lines4j.Merge;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/// What files an output has, and whether it is made at all.
final class OutputMixin {
  static final String OUT =
      "What to make: a folder, or a single file if its name ends in .safetensors, .gguf (GGUF"
          + " models alone), .pt, .pth, .bin or .ckpt.";

  @Option(
      names = "--shard-size",
      paramLabel = "SIZE",
      converter = SizeConverter.class,
      description =
          "The most that a file of the output folder holds, such as 5GB (default: as the base).")
  private @Nullable Long shardSize;

  @Option(names = "--force", description = "Replace an output that exists.")
  private boolean force;

  @Option(names = "--dry-run", description = "Check everything and show the plan, write nothing.")
  private boolean dryRun;

  boolean isForced() {
    return force;
  }

  boolean isDryRun() {
    return dryRun;
  }

  /// `edit` with these options.
  Edit applyTo(Edit edit) {
    Edit result = shardSize == null ? edit : edit.withShardSize(shardSize);
    return force ? result.withForce() : result;
  }

  /// `merge` with these options.
  Merge applyTo(Merge merge) {
    Merge result = shardSize == null ? merge : merge.withShardSize(shardSize);
    return force ? result.withForce() : result;
  }

  /// `convert` with these options.
  Convert applyTo(Convert convert) {
    Convert result = shardSize == null ? convert : convert.withShardSize(shardSize);
    return force ? result.withForce() : result;
  }

  static final class SizeConverter implements ITypeConverter<Long> {
    private static final Pattern SIZE =
        Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)\\s*(?:([KMGT])(I?)B?|B)");

    SizeConverter() {}

    @Override
    public Long convert(String value) {
      Matcher match = SIZE.matcher(value.toUpperCase(Locale.ROOT));
      double size = match.matches() ? bytes(match) : 0;
      if (size < 1 || size >= Long.MAX_VALUE) {
        throw WrongValue.of("a size such as 500MB, 5GB or 4GiB", value);
      }
      return (long) size;
    }

    private static double bytes(Matcher match) {
      double number = Double.parseDouble(match.group(1));
      if (match.group(2) == null) {
        return number;
      }
      double unit = match.group(3).isEmpty() ? 1000 : 1024;
      return number * Math.pow(unit, " KMGT".indexOf(match.group(2)));
    }
  }
}
