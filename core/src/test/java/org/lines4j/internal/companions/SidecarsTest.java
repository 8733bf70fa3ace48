package org.lines4j.internal.companions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import org.lines4j.plan.Plan;
import org.lines4j.tensor.DType;
import org.lines4j.testing.EditProcess;
import org.lines4j.testing.Models;

/// What an output folder holds beside the weights.
class SidecarsTest {
  @TempDir Path folder;
  private Path base;
  private Path tuned;
  private Path out;

  @BeforeEach
  void makeModels() throws IOException {
    base = Models.folder(folder.resolve("base"), 3, 100, 1);
    tuned = Models.folder(folder.resolve("tuned"), 3, 100, 2);
    out = folder.resolve("out");
  }

  private void put(String name, String content) throws IOException {
    Path file = tuned.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, content);
  }

  private String read(String name) throws IOException {
    return Files.readString(out.resolve(name));
  }

  /// Edits into `out` and returns what the plan had to say.
  private List<String> edit() throws IOException {
    return edit(DType.F32);
  }

  private List<String> edit(DType type) throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Plan plan = Edit.of(from, to).withDtype(type).withForce().plan(out);
      plan.run();
      return plan.notices();
    }
  }

  /// Some loaders would take plain weights for codes.
  @ParameterizedTest
  @ValueSource(strings = {"quantize_config.json", "quant_config.json", "hf_quant_config.json"})
  void whatDescribesCodesStaysBehindWherePlainWeightsAreWritten(String name) throws IOException {
    put(name, "{\"bits\": 4}");
    assertEquals(
        List.of(
            name + ": not copied, it describes quantised weights, which the output does not have"),
        edit());
    assertFalse(Files.exists(out.resolve(name)));
  }

  @Test
  void theTunedModelsFilesGoAlongByteForByte() throws IOException {
    put("tokenizer.json", "{ \"é\" : 1e-05 }\r\n");
    put("special_tokens_map.json", "");
    put("vocab.txt", "a\nb");
    put("spiece.model", "\0\1\2");
    put("1_Pooling/config.json", "{\"dtype\": \"float32\"}");
    put("2_Dense/deep/config.json", "{}");
    put("modeling_x.py", "import os");
    put("stopwords.pt.txt", "o");
    assertEquals(List.of(), edit(DType.BF16));
    for (String name :
        List.of(
            "tokenizer.json",
            "special_tokens_map.json",
            "vocab.txt",
            "spiece.model",
            "1_Pooling/config.json",
            "2_Dense/deep/config.json",
            "stopwords.pt.txt",
            "modeling_x.py")) {
      assertEquals(Models.sha256(tuned.resolve(name)), Models.sha256(out.resolve(name)), name);
    }
  }

  /// As a clone without `git lfs pull` leaves them: nobody reads them before they go along.
  @Test
  void pointersOfGitLfsAreNotedWhereTheyGoAlong() throws IOException {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
    put("spiece.model", pointer);
    put("assets/a.png", pointer);
    put("notes.txt", "version 2");
    assertEquals(
        List.of(
            "assets/a.png, spiece.model: copied, though only a pointer of Git LFS stands there, not"
                + " the file itself; fetch it with 'git lfs pull'"),
        edit());
    for (String name : List.of("c.png", "d.png", "e.png", "f.png")) {
      put("assets/" + name, pointer);
    }
    assertTrue(edit().getFirst().contains("assets/f.png and 1 more: copied"));
  }

  @Test
  void otherWeightsAndTrainingStateAreLeftOutWithANotice() throws IOException {
    for (String name :
        List.of(
            "optimizer.pt",
            "scheduler.pt",
            "training_args.bin",
            "trainer_state.json",
            "pytorch_model.bin",
            "consolidated.safetensors",
            "onnx/model.onnx",
            "checkpoint-500/model.safetensors",
            "checkpoint-500/config.json")) {
      put(name, "");
    }
    String weights = ": not copied, weights or training state of the input";
    assertEquals(
        List.of(
            "checkpoint-500: not copied, a folder with weights of its own",
            "consolidated.safetensors" + weights,
            "onnx: not copied, a folder with weights of its own",
            "optimizer.pt" + weights,
            "pytorch_model.bin" + weights,
            "scheduler.pt" + weights,
            "trainer_state.json" + weights,
            "training_args.bin" + weights),
        edit());
    assertEquals(List.of("README.md", "config.json", "model.safetensors"), Models.names(out));
  }

  @Test
  void aConfigurationThatIsMissingOrBrokenIsNoted() throws IOException {
    put("config.json", "{\"a\": [1,");
    String broken = edit().getFirst();
    assertTrue(broken.startsWith(tuned.resolve("config.json") + ": malformed JSON"), broken);
    assertTrue(broken.endsWith("; copied as it is"), broken);
    assertEquals("{\"a\": [1,", read("config.json"));
    put("config.json", "[]");
    assertTrue(edit().getFirst().contains("expected a JSON object"));
    Files.delete(tuned.resolve("config.json"));
    put("1_Pooling/config.json", "{}");
    put("generation_config.json", "{}");
    put("tokenizer_config.json", "{}");
    assertEquals(
        tuned + ": has no config.json, without which transformers loads no model",
        edit().getFirst());
    put("open_clip_config.json", "{}");
    assertEquals(List.of(), edit());
  }

  @Test
  void aModelThatOnlyGlinerLoadsLacksNoConfiguration() throws IOException {
    Files.delete(tuned.resolve("config.json"));
    put("gliner_config.json", "{}");
    assertEquals(List.of(), edit());
  }

  /// CLIP models of the Hub hold weights for transformers and for open_clip.
  @ParameterizedTest
  @CsvSource({
    "open_clip_config.json, open_clip_pytorch_model.bin, '; to edit that, name the file itself'",
    "params.json, consolidated.safetensors, '; to edit that, name the file itself'",
    "params.json, consolidated-00001-of-00002.safetensors, ''"
  })
  void whatDescribesWeightsOfAnotherLoaderStaysBehindWithThem(
      String description, String weights, String advice) throws IOException {
    put(description, "{}");
    assertEquals(List.of(), edit());
    put(weights, "x");
    List<String> notices = edit();
    assertTrue(
        notices.contains(
            "%s: not copied, it describes %s, which is not part of the output%s"
                .formatted(description, weights, advice)),
        notices.toString());
    assertEquals(List.of("README.md", "config.json", "model.safetensors"), Models.names(out));
  }

  /// Their loaders fail without these, or begin with random numbers: Qwen2.5-Omni's voices, the
  /// heads of BGE-M3, of LLaMA-Factory's reward models, of SetFit and of OpenVLA-OFT, what was
  /// trained beside an adapter, LeRobot's normalisers, the other models of BAGEL, Wan and VoxCPM.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spk_dict.pt",
        "colbert_linear.pt",
        "sparse_linear.pt",
        "value_head.safetensors",
        "value_head.bin",
        "model_head.pkl",
        "non_lora_trainables.bin",
        "non_lora_state_dict.bin",
        "trainable_params.bin",
        "vit.safetensors",
        "policy_preprocessor_step_5_normalizer_processor.safetensors",
        "policy_postprocessor_step_0_unnormalizer_processor.safetensors",
        "action_head--50000_checkpoint.pt",
        "proprio_projector--latest_checkpoint.pt",
        "ae.safetensors",
        "audiovae.pth",
        "Wan2.1_VAE.pth",
        "models_t5_umt5-xxl-enc-bf16.pth"
      })
  void weightsThatLoadersLookForBesideAModelGoAlong(String name) throws IOException {
    put(name, "x");
    assertEquals(
        List.of(
            name
                + ": copied as it is, because loaders look for it; its weights are not edited or"
                + " merged"),
        edit());
    assertEquals("x", read(name));
  }

  /// It puts the adapter on while it hears; beside other models, one is left over.
  @ParameterizedTest
  @CsvSource({"granite_speech, true", "granite, false"})
  void theAdapterOfGraniteSpeechGoesAlong(String type, boolean isTaken) throws IOException {
    put("config.json", "{\"model_type\": \"%s\"}".formatted(type));
    put("adapter_config.json", "{\"peft_type\": \"LORA\"}");
    put("adapter_model.safetensors", "x");
    List<String> notices = edit();
    assertEquals(
        isTaken,
        notices.contains(
            "adapter_model.safetensors: copied as it is, because loaders look for it; its weights"
                + " are not edited or merged"),
        notices::toString);
    assertEquals(
        isTaken,
        Models.names(out).containsAll(List.of("adapter_config.json", "adapter_model.safetensors")));
  }

  /// Of Qwen3-TTS, speech recognition with a language model, MiniCPM-o, Jina's embeddings and
  /// Phi-4-multimodal.
  @ParameterizedTest
  @CsvSource({
    "speech_tokenizer, model.safetensors",
    "language_model, 5gram.bin",
    "assets, token2wav/flow.pt",
    "adapters, adapter_model.safetensors",
    "vision-lora, adapter_model.safetensors"
  })
  void aFolderThatLoadersLookForBesideAModelGoesAlong(String name, String file) throws IOException {
    put(name + "/config.json", "{}");
    put(name + "/" + file, "x");
    assertEquals(
        List.of(
            name
                + ": copied as it is, because loaders look for it; its weights are not"
                + " edited or merged"),
        edit());
    assertEquals("x", read(name + "/" + file));
  }

  /// What reads them would read the model as it was.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pytorch_model.bin",
        "pytorch_model.bin.index.fp16.json",
        "flax_model.msgpack.index.json",
        "tf_model.h5",
        "model.keras",
        "saved_model.pb",
        "model.ckpt.data-00000-of-00001",
        "bert_model.ckpt.index",
        "bert_model.ckpt.meta",
        "model.onnx.data",
        "model.onnx_data_1",
        "model_state.pdparams",
        "model.safetensors.bak",
        "model-00001-of-00002.safetensors.incomplete",
        "pytorch_model.bin~",
        "openvino_model.xml",
        "parakeet.nemo",
        "model.gguf",
        "model.llamafile",
        "model.mlmodel",
        "model.pte",
        "model.litertlm",
        "model.task"
      })
  void theModelInAnotherFormatStaysBehind(String name) throws IOException {
    put(name, "x");
    put("0/" + name, "x");
    assertEquals(
        List.of(
            "0: not copied, a folder with weights of its own",
            name + ": not copied, weights or training state of the input"),
        edit().stream().sorted().toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"random_states_0.pkl", "zero_to_fp32.py", "latest", "checkpoint.pth.tar"})
  void whatTrainingGoesOnFromStaysBehind(String name) throws IOException {
    put(name, "x");
    assertEquals(List.of(name + ": not copied, weights or training state of the input"), edit());
  }

  @Test
  void whatGoesWithAFolderThatIsReplacedIsNoted() throws IOException {
    put("README.md", "card");
    put("sub/data.json", "{}");
    assertEquals(List.of(), edit());
    assertEquals(List.of(), edit());
    Files.writeString(out.resolve("notes.txt"), "mine");
    Files.createDirectory(out.resolve(".git"));
    Files.copy(out.resolve("model.safetensors"), out.resolve("other.safetensors"));
    assertEquals(
        List.of(
            out + " is replaced as a whole; what else lies there goes with it: .git, notes.txt"),
        edit());
    assertEquals(List.of(), edit());
  }

  @Test
  void hiddenFilesAreNoneOfTheModels() throws IOException {
    put(".git/config", "");
    put(".gitattributes", "");
    put("sub/.cache/file", "");
    assertEquals(List.of(), edit());
    assertEquals(List.of("README.md", "config.json", "model.safetensors"), Models.names(out));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void linksAreCopiedAsTheFilesThatTheyNameAndLinksToFoldersAreNamed() throws IOException {
    Path blob = Files.writeString(tuned.resolve("blob"), "{}");
    Files.setPosixFilePermissions(blob, PosixFilePermissions.fromString("r--r--r--"));
    Files.createSymbolicLink(tuned.resolve("tokenizer.json"), Path.of("blob"));
    Files.createSymbolicLink(tuned.resolve("data"), folder);
    Files.createSymbolicLink(tuned.resolve("broken.json"), Path.of("../nothing"));
    assertEquals(
        List.of(
            "broken.json: not copied, not a regular file", "data: not copied, a link to a folder"),
        edit());
    Path copy = out.resolve("tokenizer.json");
    assertTrue(!Files.isSymbolicLink(copy));
    assertTrue(
        PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)).startsWith("rw-"),
        "a write-protected file of a cache is not write-protected in the output");
  }

  @Test
  void theTunedModelsCardIsKeptUnderAnotherName() throws IOException {
    put("README.md", "about the tuned model");
    edit();
    assertEquals("about the tuned model", read("README-tuned.md"));
    assertTrue(read("README.md").contains("own card is in `README-tuned.md`."));
  }

  @Test
  void anOutputCanBeEditedAgainAndAgain() throws IOException {
    put("README.md", "first");
    edit();
    String second = read("README.md");
    Path first = out;
    tuned = first;
    out = folder.resolve("again");
    edit();
    assertEquals("first", read("README-tuned.md"));
    assertEquals(second, read("README-tuned-2.md"));
    assertTrue(read("README.md").contains("own card is in `README-tuned-2.md`."));
    tuned = out;
    out = folder.resolve("and-again");
    edit();
    assertEquals("first", read("README-tuned.md"));
    assertEquals(second, read("README-tuned-2.md"));
    assertTrue(read("README.md").contains("own card is in `README-tuned-3.md`."));
  }

  @Test
  void theConfigurationGivesTheTypeThatTheWeightsHave() throws IOException {
    put(
        "config.json",
        """
        {
          "architectures": ["X"],
          "torch_dtype": "float32",
          "dtype": "float32",
          "text_config": {"dtype": "float32", "eps": 1e-05, "big": 12345678901234567890},
          "limits": [0.0, Infinity, -Infinity, NaN],
          "quantization": {"dtype": "int8"},
          "note": "dtype float32 é"
        }
        """);
    edit(DType.BF16);
    String config = read("config.json");
    assertEquals(
        """
        {
          "architectures" : [
            "X"
          ],
          "torch_dtype" : "bfloat16",
          "dtype" : "bfloat16",
          "text_config" : {
            "dtype" : "bfloat16",
            "eps" : 1e-05,
            "big" : 12345678901234567890
          },
          "limits" : [
            0.0,
            Infinity,
            -Infinity,
            NaN
          ],
          "quantization" : {
            "dtype" : "int8"
          },
          "note" : "dtype float32 é"
        }
        """,
        config);
  }

  @Test
  void aConfigurationThatNeedsNoChangeIsCopiedWhateverItIs() throws IOException {
    put("config.json", "not JSON");
    edit();
    assertEquals("not JSON", read("config.json"));
  }

  @Test
  void aConfigurationThatCannotBeChangedIsRefusedBeforeTheFirstByte() throws IOException {
    put("config.json", "{\"dtype\": ");
    InputException refusal = assertThrows(InputException.class, () -> edit(DType.F16));
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.startsWith(tuned.resolve("config.json") + ": malformed JSON"), message);
    assertEquals(List.of("base", "tuned"), Models.names(folder));
  }

  @Test
  void theCardNamesInputsByTheirHashes() throws IOException {
    Models.delete(base);
    Models.delete(tuned);
    Models.sharded(base, 2, 100, 1);
    Models.sharded(tuned, 2, 100, 2);
    edit();
    String card = read("README.md");
    Map<String, Path> inputs = Map.of("base", base, "tuned", tuned);
    for (String role : inputs.keySet()) {
      for (int i = 1; i <= 3; i++) {
        String name = "model-%05d-of-00003.safetensors".formatted(i);
        String row =
            "| %s | %s/%s | `%s` |\n"
                .formatted(role, role, name, Models.sha256(folder.resolve(role).resolve(name)));
        assertTrue(card.contains(row), card);
      }
    }
    assertTrue(
        card.startsWith(
            "---\nbase_model:\n- \"base\"\n- \"tuned\"\nbase_model_relation: finetune\n"),
        card);
    assertTrue(card.contains("\n# out\n"), card);
    assertTrue(card.contains(org.lines4j.error.Version.current()), card);
    assertTrue(card.contains("| scaling | "), card);
    assertTrue(card.contains("| model.layers | 1 of 2 | 0.100000 | 1 |\n"), card);
    assertTrue(card.contains("| model.layers | 2 of 2 | 1.00000 | 1 |\n"), card);
  }

  private String frontMatter() throws IOException {
    edit();
    String card = read("README.md");
    return card.substring(4, card.indexOf("\n---\n"));
  }

  @Test
  void theCardTakesTheLicenceThatTheInputsAgreeOn() throws IOException {
    String licence =
        """
        ---
        language: en
        license: %s
        license_link: https://x.y/LICENSE
        ---
        # x
        """;
    put("README.md", licence.formatted("Apache-2.0"));
    assertFalse(frontMatter().contains("license"), "the base says nothing");
    Files.writeString(base.resolve("README.md"), licence.formatted("'apache-2.0'"));
    assertTrue(
        frontMatter().contains("license: apache-2.0\nlicense_link: \"https://x.y/LICENSE\"\n"));
    Files.writeString(base.resolve("README.md"), licence.formatted("mit"));
    assertFalse(frontMatter().contains("license"), "they differ");
  }

  @Test
  void theCardNamesModelsAsTheHubDoes() throws IOException {
    Path snapshots = folder.resolve("hub/models--meta-llama--Llama-3.2-1B/snapshots");
    Files.createDirectories(snapshots);
    Files.move(base, snapshots.resolve("0123abc"));
    base = snapshots.resolve("0123abc");
    assertEquals(
        List.of(
            "base_model:",
            "- meta-llama/Llama-3.2-1B",
            "- \"tuned\"",
            "base_model_relation: finetune"),
        frontMatter().lines().limit(4).toList());
  }

  @Test
  void theCardNamesTheLibraryThatLoadsTheModel() throws IOException {
    put("config.json", "{\"model_type\": \"llama\"}");
    assertTrue(frontMatter().contains("\nlibrary_name: transformers\n"));
    put("modules.json", "[]");
    assertTrue(frontMatter().contains("\nlibrary_name: sentence-transformers\n"));
    Files.delete(tuned.resolve("modules.json"));
    put("config.json", "{}");
    assertFalse(frontMatter().contains("library_name"));
    assertTrue(frontMatter().endsWith("\ntags:\n- merge\n- lines"));
  }

  @Test
  void aShardedBaseGivesAnOutputOfTheSameShardsWithTheirIndex() throws IOException {
    Models.delete(base);
    Models.sharded(base, 3, 100, 1);
    Models.delete(tuned);
    Models.sharded(tuned, 3, 100, 2);
    edit();
    try (Checkpoint made = Checkpoint.open(out);
        Checkpoint from = Checkpoint.open(base)) {
      assertEquals(layout(from), layout(made));
    }
    assertTrue(read("model.safetensors.index.json").contains("\"total_size\" : 1600"));
  }

  @Test
  void theShardSizeBoundsEveryFileButOneTensors() throws IOException {
    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint to = Checkpoint.open(tuned)) {
      Edit.of(from, to).withShardSize(900).plan(out).run();
      try (Checkpoint made = Checkpoint.open(out)) {
        assertEquals(3, made.shards().size());
        assertEquals(
            from.infos().stream().map(Object::toString).sorted().toList(),
            made.infos().stream().map(Object::toString).sorted().toList());
        for (Shard shard : made.shards()) {
          long bytes = shard.tensors().stream().mapToLong(StoredTensor::byteSize).sum();
          assertTrue(bytes <= 900, shard.file() + ": " + bytes);
          assertEquals(Map.of("format", "pt"), shard.metadata());
        }
      }
      Path single = folder.resolve("single");
      Edit.of(from, to).withShardSize(1).plan(single).run();
      try (Checkpoint made = Checkpoint.open(single)) {
        assertEquals(5, made.shards().size());
      }
    }
  }

  private static Map<String, List<String>> layout(Checkpoint checkpoint) {
    Map<String, List<String>> layout = new java.util.TreeMap<>();
    for (Shard shard : checkpoint.shards()) {
      layout.put(
          shard.location().name(), shard.tensors().stream().map(StoredTensor::name).toList());
    }
    return layout;
  }

  @Test
  void aFileAsOutputHasNothingBesideIt() throws IOException {
    put("tokenizer.json", "{}");
    Path file = folder.resolve("file/out.safetensors");
    EditProcess.edit(base, tuned, file, 0.1);
    assertEquals(List.of("out.safetensors"), Models.names(file.resolveSibling("")));
  }

  /// Java cannot name it, so it cannot be copied; nothing else suffers.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFileWhoseNameIsNoTextStaysBehind() throws Exception {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "such names are known here");
    Process shell =
        new ProcessBuilder(
                "sh", "-c", "f=$(printf 'n\\344me'); echo x > $f.txt; mkdir $f; echo x > $f/a")
            .directory(tuned.toFile())
            .start();
    assertEquals(0, shell.waitFor());
    List<String> notices = edit();
    for (String name : List.of("n\ufffdme", "n\ufffdme.txt")) {
      assertTrue(notices.stream().anyMatch(notice -> notice.contains(name)), notices.toString());
    }
  }
}
