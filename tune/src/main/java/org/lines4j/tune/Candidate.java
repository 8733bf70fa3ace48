package org.lines4j.tune;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;

/// A model that could be made: the subject of the search under one scaling.
///
/// @param lines the scaling
/// @param symbols what the numbers searched over are called, such as γ
/// @param numbers that stand for it in the search
public record Candidate(Lines lines, List<String> symbols, List<Double> numbers) {
  /// Copies its lists.
  public Candidate {
    symbols = List.copyOf(symbols);
    numbers = List.copyOf(numbers);
  }

  /// The shape of λ over depth.
  public DepthProfile profile() {
    return lines.profile();
  }

  /// The profile and its numbers, such as `lines γ 0.3`.
  public String label() {
    StringBuilder label = new StringBuilder(profile().title());
    for (int i = 0; i < numbers.size(); i++) {
      label.append(i == 0 ? " " : ", ").append(symbols.get(i)).append(' ');
      label.append(shown(numbers.get(i)));
    }
    return label.toString();
  }

  /// A number as people write it.
  private static String shown(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? String.valueOf((long) value)
        : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /// What identifies the model that comes out: where β is 0 there is no depth, whatever the
  /// profile.
  public Key key() {
    boolean isFlat = profile() == DepthProfile.UNIFORM || lines.beta() == 0;
    return isFlat
        ? new Key(DepthProfile.UNIFORM, lines.alpha(), 0, Outside.ALPHA)
        : new Key(profile(), lines.alpha(), lines.beta(), lines.outside());
  }

  /// What two candidates have in common that are the same model.
  ///
  /// @param alpha empty for `auto`
  public record Key(DepthProfile profile, Optional<Double> alpha, double beta, Outside outside) {
    /// In words, for the journal.
    public String text() {
      return List.of(
              profile.title(),
              "alpha=" + alpha.map(Candidate::shown).orElse("auto"),
              "beta=" + shown(beta),
              "outside=" + outside.name().toLowerCase(Locale.ROOT))
          .stream()
          .collect(Collectors.joining(" "));
    }

    /// What a reader of the journal wants to know of the model, by name.
    public Map<String, String> parameters() {
      Map<String, String> parameters = new LinkedHashMap<>();
      parameters.put("profile", profile.title());
      parameters.put("alpha", alpha.map(Candidate::shown).orElse("auto"));
      parameters.put("beta", shown(beta));
      parameters.put("outside", outside.name().toLowerCase(Locale.ROOT));
      return parameters;
    }
  }
}
