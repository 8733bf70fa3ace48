package org.lines4j.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.check.Finding.Kind;
import org.lines4j.diff.Diff;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.config.ConfigClaims;
import org.lines4j.internal.config.ConfigDifferences;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.internal.gguf.MetadataDifferences;
import org.lines4j.internal.llamacpp.OtherSettings;
import org.lines4j.internal.planner.EditPlanner;
import org.lines4j.internal.planner.MergeChecks;
import org.lines4j.internal.renamed.ModelNames;
import org.lines4j.internal.renamed.Renames;
import org.lines4j.internal.vocabulary.ChatTemplates;
import org.lines4j.internal.vocabulary.EditVocabulary;
import org.lines4j.internal.vocabulary.GgufTokens;
import org.lines4j.internal.vocabulary.ModelVocabularies;
import org.lines4j.internal.vocabulary.VocabularyTensors;
import org.lines4j.internal.work.Source;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Rename;
import org.lines4j.plan.RunOptions;

/// Looks models over: each beside the base, then all together.
final class Examination {
  /// How many names a message has.
  private static final int SHOWN = 3;

  private final Checkpoint base;
  private final List<Checkpoint> tuned;
  private final List<Rename> renames;
  private final LayerOptions options;
  private final RunOptions run;
  private final List<Finding> findings = new ArrayList<>();

  /// Whether an edit pairs rows of some model by their tokens.
  private boolean arePairedByToken;

  Examination(
      Checkpoint base,
      List<Checkpoint> tuned,
      List<Rename> renames,
      LayerOptions options,
      RunOptions run) {
    this.base = base;
    this.tuned = tuned;
    this.renames = renames;
    this.options = options;
    this.run = run;
  }

  Check check() throws IOException {
    List<Check.Tuned> models = new ArrayList<>();
    List<Checkpoint> compared = new ArrayList<>();
    for (Checkpoint model : tuned) {
      Checkpoint named = named(model);
      Optional<Diff> diff = compare(model, named);
      models.add(Beside.figures(name(model), diff));
      if (diff.isPresent()) {
        compared.add(named);
        findings.addAll(Beside.findings(name(model), diff.get()));
      }
      types(model, named);
      companions(model);
    }
    LayerMap map = LayerMap.detect(base.infos(), options);
    claims(base, map);
    Together together = new Together(base, compared, run);
    findings.addAll(together.findings());
    merged().ifPresent(findings::add);
    findings.sort(Comparator.comparing(Finding::severity));
    return new Check(
        models,
        map.stacks(),
        together.layers(map, tuned.stream().map(Examination::name).toList()),
        findings);
  }

  static String name(Checkpoint model) {
    return model.location().text();
  }

  /// The model's tensors as the base calls them.
  private Checkpoint named(Checkpoint model) throws IOException {
    return ModelNames.of(model).like(base, new Renames(renames)).view();
  }

  /// Empty where there is nothing to compare.
  ///
  /// @param named the model with the base's names
  private Optional<Diff> compare(Checkpoint model, Checkpoint named) throws IOException {
    EditPlanner.refusal(base, model, renames)
        .ifPresent(why -> findings.add(Finding.problem(Kind.MISFIT, name(model), why)));
    try {
      return Optional.of(Diff.betweenAlike(base, named, options, run));
    } catch (InputException e) {
      if (findings.stream().noneMatch(finding -> finding.kind() == Kind.MISFIT)) {
        findings.add(Finding.problem(Kind.MISFIT, name(model), e.problem()));
      }
      return Optional.empty();
    }
  }

  /// Where each fits its base by itself. Vocabularies that differ are told of before: a recipe says
  /// what becomes of them.
  private Optional<Finding> merged() throws IOException {
    boolean areSeveral = tuned.stream().map(Examination::name).distinct().count() > 1;
    return areSeveral
            && !arePairedByToken
            && findings.stream().noneMatch(finding -> finding.kind() == Kind.MISFIT)
        ? MergeChecks.refusal(base, tuned, renames, options)
            .map(why -> Finding.problem(Kind.MERGE, "", why))
        : Optional.empty();
  }

  /// Types of tensors that the two have in common.
  private void types(Checkpoint model, Checkpoint named) {
    Map<String, List<String>> changed = new LinkedHashMap<>();
    for (StoredTensor tensor : base.tensors()) {
      Optional<StoredTensor> other = named.find(tensor.name());
      if (other.isPresent()) {
        String before = new Source(base, tensor).storedAs();
        String after = new Source(named, other.get()).storedAs();
        if (!before.equals(after)) {
          changed
              .computeIfAbsent(
                  "%s in the base, %s here".formatted(before, after), _ -> new ArrayList<>())
              .add(tensor.name());
        }
      }
    }
    changed.forEach(
        (how, names) ->
            findings.add(
                Finding.remark(Kind.TYPE, name(model), "%s are %s".formatted(some(names), how))));
  }

  /// Up to three names, and how many more.
  static String some(List<String> names) {
    return Shown.some(names, SHOWN);
  }

  private void companions(Checkpoint model) throws IOException {
    String name = name(model);
    for (String difference :
        ConfigDifferences.between(model.companions(), List.of(base.companions()))) {
      findings.add(Finding.problem(Kind.SETTINGS, name, difference));
    }
    model.unread().ifPresent(why -> findings.add(Finding.remark(Kind.MISFIT, name, why)));
    MetadataDifferences.settings(model, List.of(base))
        .forEach(why -> findings.add(Finding.problem(Kind.SETTINGS, name, why)));
    OtherSettings.of(model, List.of(base))
        .forEach(why -> findings.add(Finding.problem(Kind.SETTINGS, name, why)));
    MetadataDifferences.tokens(model, List.of(base), "paired")
        .forEach(why -> findings.add(Finding.problem(Kind.TOKENIZER, name, why)));
    GgufTokens.otherwise(model, List.of(base), "paired")
        .forEach(why -> findings.add(Finding.problem(Kind.TOKENIZER, name, why)));
    ConfigDifferences.limits(model.companions(), List.of(base.companions()))
        .forEach(limit -> findings.add(Finding.remark(Kind.SETTINGS, name, limit)));
    vocabularies(model);
    ModelVocabularies.cuttingOtherwise(base.companions(), List.of(model))
        .forEach(why -> findings.add(Finding.remark(Kind.TOKENIZER, name, why)));
    if (model.isFolder()) {
      Map<String, Checkpoint> both = new LinkedHashMap<>(Map.of(name(base), base));
      both.put(name, model);
      ModelVocabularies.lacking(model.companions(), both)
          .ifPresent(why -> findings.add(Finding.remark(Kind.TOKENIZER, name, why)));
    }
    template(model);
    findings.addAll(Swapped.byWhatLiesBeside(base, model));
    claims(model, LayerMap.detect(model.infos(), options));
  }

  /// Where one has more rows than the other, an edit pairs them by their tokens.
  private void vocabularies(Checkpoint model) throws IOException {
    Optional<EditVocabulary> byToken = EditVocabulary.of(base, model);
    if (byToken.isPresent()) {
      arePairedByToken = true;
      findings.add(
          Finding.remark(
              Kind.TOKENIZER,
              name(model),
              byToken.get().notice() + "; a merge needs tokenizer_source"));
      return;
    }
    for (String difference :
        ModelVocabularies.unasked(
            List.of(base, model), "paired", "tokenizer_source in a recipe matches them")) {
      findings.add(Finding.problem(Kind.TOKENIZER, name(model), difference));
    }
  }

  private void template(Checkpoint model) throws IOException {
    try {
      Optional<String> before = ChatTemplates.of(base.companions()).map(String::strip);
      Optional<String> after = ChatTemplates.of(model.companions()).map(String::strip);
      if (before.isPresent() && after.isPresent() && !before.equals(after)) {
        findings.add(
            Finding.remark(Kind.CHAT_TEMPLATE, name(model), "its chat template is not the base's"));
      } else if (before.isPresent() && after.isEmpty() && model.isFolder()) {
        findings.add(
            Finding.remark(
                Kind.CHAT_TEMPLATE,
                name(model),
                "it has no chat template, though the base has one"));
      }
    } catch (InputException e) {
      findings.add(Finding.problem(Kind.OUTPUT, name(model), e.problem()));
    }
  }

  /// What a model's configuration promises that its tensors do not keep.
  private void claims(Checkpoint model, LayerMap map) throws IOException {
    String name = name(model);
    if (!model.isFolder()) {
      return;
    }
    if (model.companions().own("config.json").isEmpty()) {
      findings.add(
          Finding.remark(
              Kind.OUTPUT, name, "has no config.json, without which transformers loads nothing"));
      return;
    }
    Optional<String> mistake = ModelConfig.mistake(model.companions().own("config.json").get());
    if (mistake.isPresent()) {
      findings.add(Finding.problem(Kind.OUTPUT, name, mistake.get()));
      return;
    }
    try {
      for (String broken :
          ConfigClaims.broken(model.companions(), map.stacks(), VocabularyTensors.rows(model))) {
        findings.add(Finding.problem(Kind.OUTPUT, name, broken));
      }
    } catch (InputException e) {
      findings.add(Finding.problem(Kind.OUTPUT, name, e.problem()));
    }
  }
}
