package org.lines4j.tune;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.merge.Lines;
import org.lines4j.merge.Recipe;

/// A model that could be made: the subject of the search under one scaling.
///
/// @param lines the scaling
/// @param symbols what the numbers searched over are called, such as γ
/// @param numbers that stand for it in the search
/// @param values of the recipe's parameters, as far as they are searched: the last of the numbers
public record Candidate(
    Lines lines, List<String> symbols, List<Double> numbers, Map<Hyperparameter, Double> values) {
  /// Copies its collections.
  public Candidate {
    symbols = List.copyOf(symbols);
    numbers = List.copyOf(numbers);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// One scaling of the recipe as it stands.
  public Candidate(Lines lines, List<String> symbols, List<Double> numbers) {
    this(lines, symbols, numbers, Map.of());
  }

  /// The recipe with what is searched put in.
  public Recipe applyTo(Recipe recipe) {
    Recipe applied = recipe;
    for (Map.Entry<Hyperparameter, Double> value : values.entrySet()) {
      applied = value.getKey().applyTo(applied, value.getValue());
    }
    return applied.withLines(lines);
  }

  /// The profile of λ over depth.
  public DepthProfile profile() {
    return lines.profile();
  }

  /// The grading and its numbers, such as `lines γ 0.3`.
  public String label() {
    StringBuilder label = new StringBuilder(new Grading(profile(), lines.outside()).title());
    for (int i = 0; i < numbers.size(); i++) {
      label.append(i == 0 ? " " : ", ").append(symbols.get(i)).append(' ');
      label.append(shown(numbers.get(i)));
    }
    return label.toString();
  }

  /// A number as people write it.
  static String shown(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? String.valueOf((long) value)
        : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /// What identifies the model that comes out: where β is 0 there is no depth, whatever the
  /// profile.
  public Key key() {
    boolean isFlat = profile() == DepthProfile.UNIFORM || lines.beta() == 0;
    Map<String, String> settings = new LinkedHashMap<>();
    values.forEach((parameter, value) -> settings.put(parameter.symbol(), shown(value)));
    return isFlat
        ? new Key(DepthProfile.UNIFORM, lines.alpha(), 0, Outside.ALPHA, settings)
        : new Key(profile(), lines.alpha(), lines.beta(), lines.outside(), settings);
  }

  /// What two candidates have in common that are the same model.
  ///
  /// @param alpha empty for `auto`
  /// @param settings of the recipe, by what they are called
  public record Key(
      DepthProfile profile,
      Optional<Double> alpha,
      double beta,
      Outside outside,
      Map<String, String> settings) {
    /// Copies the map.
    public Key {
      settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /// In words, for the journal.
    public String text() {
      List<String> words = new ArrayList<>();
      words.add(profile.title());
      words.add("alpha=" + alpha.map(Candidate::shown).orElse("auto"));
      words.add("beta=" + shown(beta));
      words.add("outside=" + outside.name().toLowerCase(Locale.ROOT));
      settings.forEach((name, value) -> words.add(name + "=" + value));
      return String.join(" ", words);
    }

    /// What a reader of the journal wants to know of the model, by name.
    public Map<String, String> parameters() {
      Map<String, String> parameters = new LinkedHashMap<>();
      parameters.put("profile", profile.title());
      parameters.put("alpha", alpha.map(Candidate::shown).orElse("auto"));
      parameters.put("beta", shown(beta));
      parameters.put("outside", outside.name().toLowerCase(Locale.ROOT));
      parameters.putAll(settings);
      return parameters;
    }
  }
}
