from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'permissions': [('view_statement', '查看报表'), ('check_books', '账务检查')],
                'managed': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='BooksCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('ok', models.BooleanField(verbose_name='正确')),
                ('rules', models.PositiveIntegerField(verbose_name='规则数')),
                ('broken', models.JSONField(default=dict, verbose_name='不符的规则')),
                ('faults', models.JSONField(default=list, verbose_name='封签不符')),
                ('fault_count', models.PositiveIntegerField(default=0, verbose_name='封签不符数')),
                ('chains', models.JSONField(default=dict, verbose_name='封签')),
                ('unsealed', models.JSONField(default=dict, verbose_name='未封签')),
                ('seconds', models.PositiveIntegerField(default=0, verbose_name='用时(秒)')),
            ],
            options={
                'verbose_name': '账务检查',
                'verbose_name_plural': '账务检查',
                'ordering': ['-id'],
                'default_permissions': (),
            },
        ),
    ]
