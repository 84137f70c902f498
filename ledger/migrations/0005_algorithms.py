"""Entries, chains and roots say which hash made them; a check says whether it was of one chain."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_roots")]

    operations = [
        *(
            migrations.AddField(model, "algorithm", models.CharField("算法", max_length=10, default="sha256"))
            for model in ("ledgerentry", "dailyroot")
        ),
        migrations.AddField(
            "chain",
            "algorithm",
            models.CharField("算法", max_length=10, default="sha256", help_text="最新一条所用的算法"),
        ),
        migrations.AddField(
            "ledgercheck",
            "chain",
            models.CharField("链", max_length=64, blank=True, default="", help_text="只核验一条链时"),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "ledgercheck", models.Index(fields=["chain", "-began_at"], name="ledger_check_of_chain")
        ),
    ]
