package org.lines4j.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.lines4j.error.OnMismatch;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.layers.StackMode;
import org.lines4j.method.Values;
import picocli.CommandLine.ITypeConverter;

/// An option with a few possible values, written `as-this`. Iterates over what shell completion
/// offers.
abstract class Choice<E extends Enum<E>> implements ITypeConverter<E>, Iterable<String> {
  private final List<E> values;

  private Choice(E[] values) {
    this.values = List.of(values);
  }

  @Override
  public E convert(String word) {
    return values.stream()
        .filter(value -> name(value).equalsIgnoreCase(word))
        .findAny()
        .orElseThrow(() -> WrongValue.of(listed(values, Choice::name), word));
  }

  @Override
  public Iterator<String> iterator() {
    return values.stream().map(Choice::name).iterator();
  }

  /// `a, b or c`.
  static <T> String listed(List<T> items, Function<T, String> name) {
    return Values.words(items.stream().map(name).toArray(String[]::new)).inWords();
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// `--stacks`.
  static final class Stacks extends Choice<StackMode> {
    Stacks() {
      super(StackMode.values());
    }
  }

  /// `--as`.
  static final class Mades extends Choice<EditCommand.Made> {
    Mades() {
      super(EditCommand.Made.values());
    }
  }

  /// `--outside`.
  static final class Outsides extends Choice<Outside> {
    Outsides() {
      super(Outside.values());
    }
  }

  /// What `tune --outside` tries.
  enum Tried {
    ALPHA,
    DEPTH,
    BOTH
  }

  /// `tune --outside`.
  static final class TriedOutside extends Choice<Tried> {
    TriedOutside() {
      super(Tried.values());
    }
  }

  /// `--profile`.
  static final class Profiles extends Choice<DepthProfile> {
    Profiles() {
      super(DepthProfile.values());
    }
  }

  /// `tune --profiles`: those that are not searched anyway.
  static final class Shapes implements Iterable<String> {
    Shapes() {}

    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(DepthProfile.values())
          .filter(profile -> profile != DepthProfile.LINES && profile != DepthProfile.UNIFORM)
          .map(DepthProfile::title)
          .iterator();
    }
  }

  /// `--progress`.
  static final class Readers extends Choice<RunMixin.Reader> {
    Readers() {
      super(RunMixin.Reader.values());
    }
  }

  /// `--on-mismatch`.
  static final class Mismatches extends Choice<OnMismatch> {
    Mismatches() {
      super(
          Arrays.stream(OnMismatch.values())
              .filter(value -> value != OnMismatch.REFUSE)
              .toArray(OnMismatch[]::new));
    }
  }

  /// `--dtype`, as PyTorch calls types.
  static final class Dtypes implements Iterable<String> {
    Dtypes() {}

    @Override
    public Iterator<String> iterator() {
      return DtypeMixin.DTYPES.iterator();
    }
  }
}
